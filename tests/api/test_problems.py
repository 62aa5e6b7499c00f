from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from gallery.core import errors
from gallery.core.errors import GalleryError
from tests.api.responses import problem

KNOWN = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, GalleryError) and kind is not GalleryError
]


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
@pytest.mark.parametrize(
    "address",
    ["", "nothing/", "v1/", "v1/images/7/", "v1/images", "v2/images/", "v1/%00/", "v1/../"],
)
def test_an_unknown_url_gives_a_problem(
    client: Client, db: None, method: str, address: str
) -> None:
    problem(getattr(client, method)(f"/api/{address}"), 404, "not_found")


@pytest.mark.parametrize("address", ["v1/", "v1/auth/tokens/abc/", "v1/images", "v1/nothing"])
def test_only_an_address_without_slash_gets_the_hint(owner_client: Client, address: str) -> None:
    detail = problem(owner_client.get(f"/api/{address}"), 404, "not_found")["detail"]
    assert ("end with a slash" in detail) == (not address.endswith("/"))


def test_an_unknown_url_is_404_for_any_body(owner_client: Client) -> None:
    response = owner_client.post("/api/v1/nope/", b"x" * 3_000_000, content_type="image/png")
    problem(response, 404, "not_found")


def test_a_foreign_host_gives_a_problem(client: Client, db: None) -> None:
    response = client.get("/api/v1/status/", headers={"host": "evil.example"})
    assert "host" in problem(response, 400, "invalid")["detail"]


@pytest.mark.parametrize("body", ["[]", '"text"', "3"])
def test_a_body_that_is_no_object_has_no_field(client: Client, db: None, body: str) -> None:
    response = client.post("/api/v1/search/", body, content_type="application/json")
    document = problem(response, 400, "invalid")
    assert document["errors"][0]["attr"] is None


def test_an_unsupported_method_gives_a_problem(owner_client: Client) -> None:
    response = owner_client.delete("/api/v1/search/")
    problem(response, 405, "method_not_allowed")
    assert response["Allow"] == "GET, POST, HEAD, OPTIONS"


@pytest.mark.parametrize(
    "data", [b"{", b"\xff\xfe", b'{"a": NaN}', b"[" * 100_000, b'{"a": ' + b"9" * 9000 + b"}"]
)
def test_malformed_json_gives_a_problem(client: Client, db: None, data: bytes) -> None:
    response = client.post("/api/v1/search/", data, content_type="application/json")
    problem(response, 400, "parse_error")


@pytest.mark.parametrize("charset", ["bz2_codec", "utf-16"])
def test_an_odd_charset_gives_a_problem(client: Client, db: None, charset: str) -> None:
    kind = f"application/json; charset={charset}"
    response = client.generic("POST", "/api/v1/search/", b'{"text": "x"}', content_type=kind)
    problem(response, 400, "parse_error")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (r'{"text": "x", "\ud800": 1}', "unknown"),
        (r'{"text": "x", "mode": "\ud800"}', "invalid_choice"),
        (r'{"text": "x", "filter": {"metadata.\ud800": "y"}}', "invalid"),
    ],
)
def test_half_surrogates_give_a_problem(client: Client, db: None, body: str, code: str) -> None:
    response = client.post("/api/v1/search/", body, content_type="application/json")
    problem(response, 400, code)


def test_an_unsupported_content_type_gives_a_problem(client: Client, db: None) -> None:
    response = client.post("/api/v1/search/", b"<a/>", content_type="application/xml")
    problem(response, 415, "unsupported_media_type")


def test_an_unsupported_accept_header_gives_a_problem(client: Client, db: None) -> None:
    response = client.get("/api/v1/images/", headers={"Accept": "application/pdf"})
    problem(response, 406, "not_acceptable")


@pytest.mark.parametrize("kind", KNOWN, ids=lambda kind: kind.__name__)
def test_a_gallery_error_keeps_status_code_and_data(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch, kind: type[GalleryError]
) -> None:
    def fail(*args: Any) -> None:
        raise kind("This is why.", limit=7)

    monkeypatch.setattr("gallery.search.engine.search", fail)
    document = problem(client.get("/api/v1/search/", {"q": "x"}), kind.status, kind.code)
    assert document["type"] == f"urn:searchsite:problem:{kind.code}"
    assert document["detail"] == "This is why."
    assert document["data"] == {"limit": 7}
    assert document["errors"] == [{"code": kind.code, "detail": "This is why.", "attr": None}]


def test_an_unexpected_error_reveals_no_details(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("gallery.search.engine.search", fail)
    client = Client(raise_request_exception=False)
    document = problem(client.get("/api/v1/search/", {"q": "x"}), 500, "error")
    assert "secret" not in str(document)
