"""A server that speaks Anthropic's Messages API and OpenAI's chat completions, and their faults."""

from __future__ import annotations

import contextlib
import gzip
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

WORDS = ["Two ", "cats ", "[1]", "."]
TOKENS_IN, TOKENS_OUT = 120, 7


@dataclass
class Provider:
    """What the server answers, and what it received."""

    url: str = ""
    pieces: list[str] = field(default_factory=lambda: list(WORDS))
    faults: list[str] = field(default_factory=list)  # of the next requests, in turn
    retry_after: str = "0.01"
    retry_after_ms: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    # Seconds between two pieces of an answer.
    pause: float = 0.0
    # Seconds of silence after half of an answer.
    silence: float = 0.0
    # Why an answer ends, in OpenAI's words.
    finish: str = "stop"
    # Some servers report the tokens so far with every chunk.
    reports_often: bool = False

    def received_text(self) -> str:
        return json.dumps(self.requests, ensure_ascii=False)


_JSON_FAULTS = {
    "broken json": '{"id": ',
    "other json": "[[1]]",
    "deep json": "[" * 100_000,
    "invalid utf-8": '{"id": "\udcff\udcfe"}',
}


class _Handler(BaseHTTPRequestHandler):
    provider: Provider
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.provider.requests.append(body)
        self.provider.headers.append({k.lower(): v for k, v in self.headers.items()})
        fault = self.provider.faults.pop(0) if self.provider.faults else ""
        with contextlib.suppress(ConnectionError):
            self._answer(body, fault)

    def _answer(self, body: dict[str, Any], fault: str) -> None:
        if fault.isdigit():
            error = {"type": "error", "error": {"type": "fault", "message": "no sk-canary-key"}}
            return self._send(int(fault), json.dumps(error))
        if fault == "redirect":
            return self._send(307, "", location=self.provider.url + "/elsewhere")
        if fault == "timeout":
            time.sleep(3)
            return self._send(200, "{}")
        if fault == "compressed":
            return self._send(200, "[" * (8 << 20), encoding="gzip")
        if fault == "content type":
            return self._send(200, "<h1>Log in</h1>", content_type="text/html")
        if fault in _JSON_FAULTS:
            text = _JSON_FAULTS[fault]
            if body.get("stream"):
                return self._stream_events([("message_start", text)])
            return self._send(200, text)
        events = self._anthropic if self.path.endswith("/messages") else self._openai
        if not body.get("stream"):
            return self._send(200, json.dumps(events(body)))
        return self._stream_events(events(body), half=fault == "half a stream")

    def _anthropic(self, body: dict[str, Any]) -> Any:
        usage: dict[str, Any] = {"input_tokens": TOKENS_IN, "output_tokens": TOKENS_OUT}
        message = {"id": "m", "type": "message", "role": "assistant", "model": body["model"],
                   "stop_reason": None, "stop_sequence": None}  # fmt: skip
        if not body.get("stream"):
            content = [{"type": "text", "text": "".join(self.provider.pieces)}]
            return message | {"content": content, "usage": usage, "stop_reason": "end_turn"}
        start = message | {"content": [], "usage": usage | {"output_tokens": 1}}
        deltas = [
            {"type": "content_block_delta", "index": 0,
             "delta": {"type": "text_delta", "text": piece}}
            for piece in self.provider.pieces
        ]  # fmt: skip
        events: list[dict[str, Any]] = [
            {"type": "message_start", "message": start},
            {"type": "content_block_start", "index": 0,
             "content_block": {"type": "text", "text": ""}},
            {"type": "ping"},
            *deltas,
            {"type": "content_block_stop", "index": 0},
            {"type": "message_delta", "delta": {"stop_reason": "end_turn"},
             "usage": {"output_tokens": TOKENS_OUT}},
            {"type": "message_stop"},
        ]  # fmt: skip
        return [(event["type"], json.dumps(event)) for event in events]

    def _openai(self, body: dict[str, Any]) -> Any:
        usage = {"prompt_tokens": TOKENS_IN, "completion_tokens": TOKENS_OUT,
                 "total_tokens": TOKENS_IN + TOKENS_OUT}  # fmt: skip
        whole: dict[str, Any] = {"id": "c", "created": 1, "model": body["model"]}
        if not body.get("stream"):
            answer = {"role": "assistant", "content": "".join(self.provider.pieces)}
            choice = {"index": 0, "finish_reason": self.provider.finish, "message": answer}
            return whole | {"object": "chat.completion", "choices": [choice], "usage": usage}
        whole |= {"object": "chat.completion.chunk"}
        choices = [{"index": 0, "delta": {"content": piece}} for piece in self.provider.pieces]
        chunks: list[dict[str, Any]] = [
            *({"choices": [{**choice, "finish_reason": None}]} for choice in choices),
            {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
            {"choices": [], "usage": usage},
        ]
        if self.provider.reports_often:
            chunks = [chunk | {"usage": usage} for chunk in chunks]
        return [("", json.dumps(whole | chunk)) for chunk in chunks] + [("", "[DONE]")]

    def _stream_events(self, events: list[tuple[str, str]], *, half: bool = False) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for number, (name, data) in enumerate(events[: len(events) // 2] if half else events):
            if number == len(events) // 2:
                time.sleep(self.provider.silence)
            line = f"event: {name}\n" if name else ""
            self.wfile.write(f"{line}data: {data}\n\n".encode(errors="surrogateescape"))
            self.wfile.flush()
            time.sleep(self.provider.pause)
        self.close_connection = True

    def _send(
        self, status: int, text: str, *, content_type: str = "application/json", location: str = "",
        encoding: str = "",
    ) -> None:  # fmt: skip
        body = text.encode(errors="surrogateescape")
        self.send_response(status)
        if encoding:
            body = gzip.compress(body)
            self.send_header("Content-Encoding", encoding)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        if status >= 400:
            self.send_header("Retry-After", self.provider.retry_after)
            if self.provider.retry_after_ms:
                self.send_header("Retry-After-Ms", self.provider.retry_after_ms)
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@contextlib.contextmanager
def running() -> Iterator[Provider]:
    provider = Provider()
    handler = type("Handler", (_Handler,), {"provider": provider})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    provider.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
