"""An HTTP server with pictures and with answers that a hostile server may give."""

from __future__ import annotations

import contextlib
import gzip
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote


@dataclass
class PictureServer:
    """``files`` by path; ``redirects`` from paths to URLs; other paths are faults or 404."""

    port: int = 0
    files: dict[str, bytes] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    # The status of the answer and its Retry-After, by path.
    statuses: dict[str, tuple[int, str]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    # What /trickle and /slow wait between two bytes.
    pause: float = 0.2
    # What each answer waits, and how many waited at the same time.
    delay: float = 0.0
    at_once: int = 0
    most_at_once: int = 0

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    @property
    def address(self) -> str:
        """An entry of GALLERY_FETCH_ALLOW."""
        return f"127.0.0.1:{self.port}"


class _Handler(BaseHTTPRequestHandler):
    server_of: PictureServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        pictures = self.server_of
        pictures.requests.append(self.path)
        pictures.headers.append({key.lower(): value for key, value in self.headers.items()})
        path = unquote(self.path.partition("?")[0])
        if pictures.delay:
            self._wait()
        with contextlib.suppress(ConnectionError):
            if path in pictures.statuses:
                status, retry_after = pictures.statuses[path]
                self._send(status, b"", Retry_After=retry_after)
            elif path in pictures.redirects:
                self._send(302, b"", Location=pictures.redirects[path])
            elif path in pictures.files:
                self._send(200, pictures.files[path])
            else:
                fault = getattr(self, "_" + path.strip("/").replace("-", "_"), None)
                fault() if fault else self._send(404, b"no such canary-banner")

    def _wait(self) -> None:
        pictures = self.server_of
        pictures.at_once += 1
        pictures.most_at_once = max(pictures.most_at_once, pictures.at_once)
        time.sleep(pictures.delay)
        pictures.at_once -= 1

    def _send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content_Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _compressed(self) -> None:
        self._send(200, gzip.compress(bytes(8 << 20)), Content_Encoding="gzip")

    def _huge(self) -> None:
        self._send(200, b"", Content_Length=str(1 << 40))

    def _endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.close_connection = True
        while True:
            self.wfile.write(bytes(1 << 16))

    def _cut_off(self) -> None:
        self._send(200, b"\x89PNG", Content_Length="1000")
        self.close_connection = True

    def _broken(self) -> None:
        self.wfile.write(b"\x00\xff not HTTP\r\n\r\n")
        self.close_connection = True

    def _long_headers(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            self.wfile.write(b"X-Long: " + b"x" * 8000 + b"\r\n")

    def _continues(self) -> None:
        while True:
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _slow_headers(self) -> None:
        self._trickle(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 1000)

    def _slow_body(self) -> None:
        self._trickle(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + bytes(1000))

    def _silent(self) -> None:
        time.sleep(30)

    def _trickle(self, data: bytes) -> None:
        for number in data:
            self.wfile.write(bytes([number]))
            time.sleep(self.server_of.pause)

    def log_message(self, *_: Any) -> None:
        pass


@contextlib.contextmanager
def running(encryption: ssl.SSLContext | None = None) -> Iterator[PictureServer]:
    pictures = PictureServer()
    handler = type("Handler", (_Handler,), {"server_of": pictures})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    if encryption:
        server.socket = encryption.wrap_socket(server.socket, server_side=True)
    server.daemon_threads = True
    server.block_on_close = False
    pictures.port = server.server_port
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield pictures
    finally:
        server.shutdown()
        server.server_close()
