"""The question that the health checks of the containers ask."""

import http.server
import json
import threading
from collections.abc import Iterator

import pytest

from searchsite.local import probe


class _Unwell(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = json.dumps({"reasons": {"worker embed": f"asked as {self.headers['Host']}"}})
        self.send_response(503)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def unwell_port() -> Iterator[int]:
    with http.server.HTTPServer(("127.0.0.1", 0), _Unwell) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_reasons_are_passed_on_and_the_site_is_asked_by_its_own_name(unwell_port: int) -> None:
    found = probe.reasons("127.0.0.1", unwell_port, "pictures.example.org")
    assert found == {"worker embed": "asked as pictures.example.org"}


def test_it_exits_with_1_and_says_why(
    unwell_port: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", str(unwell_port))
    assert probe.main() == 1
    assert capsys.readouterr().out.startswith("worker embed: ")


def test_a_site_that_does_not_answer_is_unwell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "1")
    assert probe.main() == 1


@pytest.mark.parametrize(
    ("allowed", "asked"),
    [("a.example,b.example", "a.example"), (".example.org", "example.org"), ("*", "localhost")],
)
def test_the_name_is_one_that_the_site_answers_to(allowed: str, asked: str) -> None:
    assert probe.host_name({"ALLOWED_HOSTS": allowed}) == asked
