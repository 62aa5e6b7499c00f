"""A model hub on this machine, with the four kinds of answers that a download needs."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

# The commit of every repository's branch ``main``.
COMMIT = "d" * 40
_ADDRESS = re.compile(
    r"(?:/api/models)?/(?P<repository>[^/]+/[^/]+)"
    r"(?:/(?:revision|tree|resolve)/(?P<revision>[^/?]+))?(?:/(?P<file>[^?]*))?"
)


class _Request(NamedTuple):
    model: Path | None
    commit: str
    file: str

    @property
    def error(self) -> str:
        if self.model is None:
            return "RepoNotFound"
        return "" if self.commit else "RevisionNotFound"


@contextmanager
def serve(offered: Path | Mapping[str, Path]) -> Iterator[tuple[str, list[str]]]:
    """Run a hub; yields its address and the list of the paths that are requested.

    It offers one model under every name, or one model for each given repository. ``main`` is
    ``COMMIT``. Every other revision of 40 hexadecimal digits exists too, and no other branch.
    """
    requested: list[str] = []

    class Hub(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requested.append(self.path)
            self._answer()

        def do_HEAD(self) -> None:
            self._answer(body=False)

        def _answer(self, *, body: bool = True) -> None:
            request = _parse(self.path, offered)
            content = _content(self.path, request)
            self.send_response(404 if request.error else 200)
            self.send_header("X-Error-Code", request.error)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("ETag", f'"{hashlib.sha1(content).hexdigest()}"')
            self.send_header("X-Repo-Commit", request.commit)
            self.end_headers()
            if body:
                self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", requested
    finally:
        server.shutdown()
        server.server_close()


def _parse(path: str, offered: Path | Mapping[str, Path]) -> _Request:
    address = _ADDRESS.match(path)
    assert address is not None, path
    model = offered if isinstance(offered, Path) else offered.get(address["repository"])
    revision = address["revision"] or "main"
    commit = revision if re.fullmatch("[0-9a-f]{40}", revision) else ""
    commit = COMMIT if revision == "main" else commit
    return _Request(model, commit, address["file"] or "")


def _content(path: str, request: _Request) -> bytes:
    if request.model is None or request.error:
        return b"{}"
    if "/resolve/" in path:
        return (request.model / request.file).read_bytes()
    if "/tree/" in path:
        return json.dumps(_listing(request.model)).encode()
    return json.dumps({"id": "owner/model", "sha": request.commit, "siblings": []}).encode()


def _listing(model: Path) -> list[dict[str, object]]:
    return [
        {
            "type": "file",
            "path": path.relative_to(model).as_posix(),
            "size": path.stat().st_size,
            "oid": hashlib.sha1(path.read_bytes()).hexdigest(),
        }
        for path in sorted(model.rglob("*"))
        if path.is_file()
    ]
