"""The health check of the containers."""

import http.server
import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from searchsite import probe


class _UnhealthySite(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = json.dumps({"reasons": {"worker embed": f"Host was {self.headers['Host']}"}})
        self.send_response(503)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def unhealthy_port() -> Iterator[int]:
    with http.server.HTTPServer(("127.0.0.1", 0), _UnhealthySite) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_reasons_and_host_header_are_passed(unhealthy_port: int) -> None:
    reasons = probe.unhealthy_reasons("127.0.0.1", unhealthy_port, "pictures.example.org")
    assert reasons == {"worker embed": "Host was pictures.example.org"}


def test_an_unhealthy_site_exits_with_one(
    unhealthy_port: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", str(unhealthy_port))
    assert probe.main() == 1
    assert capsys.readouterr().out.startswith("worker embed: ")


def test_a_site_without_answer_is_unhealthy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "1")
    assert probe.main() == 1


@pytest.mark.parametrize(
    ("allowed", "host"),
    [("a.example,b.example", "a.example"), (".example.org", "example.org"), ("*", "localhost")],
)
def test_the_host_is_one_the_site_accepts(allowed: str, host: str) -> None:
    assert probe.accepted_host({"ALLOWED_HOSTS": allowed}) == host


def test_an_address_is_probed_on_its_own(
    unhealthy_port: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", str(unhealthy_port))
    assert probe.main("/livez/") == 1
    assert "worker embed" in capsys.readouterr().out


@pytest.mark.parametrize(("age", "code"), [(5, 0), (20, 1)])
def test_a_silent_process_is_unhealthy(
    age: int, code: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "heartbeat"
    file.touch()
    os.utime(file, (time.time() - age,) * 2)
    monkeypatch.setenv("SEARCHSITE_HEARTBEAT_FILE", str(file))
    assert probe.main("heartbeat") == code


def test_a_process_without_heartbeat_is_unhealthy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SEARCHSITE_HEARTBEAT_FILE", raising=False)
    assert probe.main("heartbeat") == 1
