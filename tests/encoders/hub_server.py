"""A model hub on this machine: the four answers a download needs."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

COMMIT = "d" * 40


@contextmanager
def serve(model: Path) -> Iterator[tuple[str, list[str]]]:
    """The address of a hub that offers ``model`` under any name, and the paths it was asked for."""
    asked: list[str] = []

    class Hub(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self._answer(self._content())

        def do_HEAD(self) -> None:
            self._answer(self._content(), body=False)

        def _content(self) -> bytes:
            if "/resolve/" in self.path:
                return (model / self.path.split("/resolve/")[1].partition("/")[2]).read_bytes()
            if "/tree/" in self.path:
                return json.dumps(_listing(model)).encode()
            return json.dumps({"id": "owner/model", "sha": COMMIT, "siblings": []}).encode()

        def _answer(self, content: bytes, *, body: bool = True) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("ETag", f'"{hashlib.sha1(content).hexdigest()}"')
            self.send_header("X-Repo-Commit", COMMIT)
            self.end_headers()
            if body:
                self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


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
