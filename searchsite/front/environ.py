"""The WSGI environment of a request, from its ASGI scope."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

from gallery.core.body_limits import REFUSED
from searchsite.front.content_type import is_utf_8

Scope = Mapping[str, Any]
_WITHOUT_PREFIX = {"CONTENT_TYPE", "CONTENT_LENGTH"}


def environ_of(scope: Scope) -> dict[str, Any]:
    """Everything but the body, ``wsgi.input``. A body that is not UTF-8 is refused."""
    host, port = scope.get("server") or ("localhost", None)
    address = scope.get("client")
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or ""),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": str(address[0]) if address else "",
        "REMOTE_PORT": str(address[1]) if address else "",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        _add_header(environ, name.decode("latin-1"), value.decode("latin-1"))
    if not is_utf_8(environ.get("CONTENT_TYPE", "")):
        # Without it, Django decodes the address and renders an error page.
        environ |= {"CONTENT_TYPE": "", REFUSED: "charset"}
    return environ


def _add_header(environ: dict[str, Any], name: str, value: str) -> None:
    # "X_Real" and "X-Real" have the same key in the environment, so a client could pretend to be
    # the proxy.
    if "_" in name:
        return
    key = name.upper().replace("-", "_")
    key = key if key in _WITHOUT_PREFIX else f"HTTP_{key}"
    separator = "; " if key == "HTTP_COOKIE" else ","
    environ[key] = f"{environ[key]}{separator}{value}" if key in environ else value
