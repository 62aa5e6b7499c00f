"""Requests that no browser sends get an answer of one line in the log, not a traceback."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.local.site import Site, running_site

pytestmark = pytest.mark.slow

_CODECS = ["hex", "base64", "bz2", "idna", "punycode", "rot_13", "undefined", "utf-16", "latin-1"]
_FORM = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--\r\n'


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site() as site:
        yield site
        logs = "".join(path.read_text() for path in site.var.rglob("*.log"))
        assert "/login/" in logs
        assert "Traceback" not in logs + site.output()


def answer(site: Site, method: str, path: str, content_type: str, body: bytes) -> tuple[int, str]:
    headers = {"Content-Type": content_type, "Accept": "text/html, */*;q=0.5"}
    with closing(http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)) as client:
        client.request(method, path, body, headers)
        response = client.getresponse()
        return response.status, response.read().decode()


@pytest.mark.parametrize("charset", [*(f"charset={name}" for name in _CODECS), "a*=zz'en'b"])
def test_only_utf_8_is_read(site: Site, charset: str) -> None:
    content_type = f"multipart/form-data; boundary=x; {charset}"
    for path in ("/login/", "/theme/", "/api/v1/auth/token/", "/api/v1/images/"):
        status, text = answer(site, "POST", path, content_type, _FORM)
        assert status == 400
        assert "A request must be encoded as UTF-8." in text
    assert answer(site, "POST", "/nowhere/", content_type, _FORM)[0] == 404
    assert answer(site, "GET", "/login/?a=%C3%A4", content_type, b"")[0] == 200
    assert answer(site, "GET", "/api/v1/search/?q=red", content_type, b"")[0] == 200


@pytest.mark.parametrize(
    "content_type",
    ["multipart/form-data", "multipart/form-data; boundary=\xe4"],
)
def test_a_multipart_body_needs_a_boundary(site: Site, content_type: str) -> None:
    for path in ("/login/", "/theme/", "/api/v1/images/", "/nowhere/"):
        assert answer(site, "POST", path, content_type, _FORM)[0] in (400, 401, 404)
