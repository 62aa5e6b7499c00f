"""A server that receives the messages of webhooks."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Message:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.body)
        return content

    def is_signed_with(self, secret: str) -> bool:
        """By the rules of the specification, written anew."""
        key = base64.b64decode(secret.split("_", 1)[1])
        names = ("webhook-id", "webhook-timestamp")
        content = b".".join([*(self.headers[name].encode() for name in names), self.body])
        expected = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
        is_recent = abs(time.time() - int(self.headers["webhook-timestamp"])) < 60
        return is_recent and self.headers["webhook-signature"] == f"v1,{expected}"


@dataclass
class Receiver:
    """Answers with the ``statuses`` in turn, then with 204; ``/hang`` does not answer."""

    port: int = 0
    statuses: list[int] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)

    def url(self, path: str = "/hook") -> str:
        return f"http://127.0.0.1:{self.port}{path}"


class _Handler(BaseHTTPRequestHandler):
    receiver: Receiver
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers["content-length"]))
        self.receiver.messages.append(Message(self.path, headers, body))
        if self.path == "/hang":
            time.sleep(5)
        statuses = self.receiver.statuses
        self.send_response(statuses.pop(0) if statuses else 204)
        self.send_header("Location", f"http://127.0.0.1:{self.receiver.port}/inside")
        self.send_header("Content-Length", "0")
        with contextlib.suppress(ConnectionError):
            self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@contextlib.contextmanager
def running() -> Iterator[Receiver]:
    receiver = Receiver()
    handler = type("Handler", (_Handler,), {"receiver": receiver})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.block_on_close = False
    receiver.port = server.server_port
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
