from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from gallery.core import errors
from gallery.core.errors import GalleryError
from tests.api.answers import problem

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
def test_an_unknown_address_is_a_problem_not_a_page(
    client: Client, db: None, method: str, address: str
) -> None:
    problem(getattr(client, method)(f"/api/{address}"), 404, "not_found")


def test_a_method_nobody_offers_is_a_problem(owner_client: Client) -> None:
    response = owner_client.delete("/api/v1/search/")
    problem(response, 405, "method_not_allowed")
    assert response["Allow"] == "GET, POST, HEAD, OPTIONS"


@pytest.mark.parametrize(
    "data", [b"{", b"\xff\xfe", b'{"a": NaN}', b"[" * 100_000, b'{"a": ' + b"9" * 9000 + b"}"]
)
def test_malformed_json_is_a_problem(client: Client, db: None, data: bytes) -> None:
    response = client.post("/api/v1/search/", data, content_type="application/json")
    problem(response, 400, "parse_error")


@pytest.mark.parametrize("charset", ["bz2_codec", "utf-16"])
def test_an_odd_charset_is_a_problem(client: Client, db: None, charset: str) -> None:
    kind = f"application/json; charset={charset}"
    response = client.generic("POST", "/api/v1/search/", b'{"text": "x"}', content_type=kind)
    problem(response, 400, "parse_error")


def test_a_body_of_another_kind_is_a_problem(client: Client, db: None) -> None:
    response = client.post("/api/v1/search/", b"<a/>", content_type="application/xml")
    problem(response, 415, "unsupported_media_type")


def test_asking_for_another_format_is_a_problem(client: Client, db: None) -> None:
    response = client.get("/api/v1/images/", headers={"Accept": "application/pdf"})
    problem(response, 406, "not_acceptable")


@pytest.mark.parametrize("kind", KNOWN, ids=lambda kind: kind.__name__)
def test_an_error_of_the_gallery_keeps_its_status_code_and_figures(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch, kind: type[GalleryError]
) -> None:
    def fail(*args: Any) -> None:
        raise kind("This is why.", limit=7)

    monkeypatch.setattr("gallery.search.engine.search", fail)
    found = problem(client.get("/api/v1/search/", {"q": "x"}), kind.status, kind.code)
    assert found["type"] == f"urn:searchsite:problem:{kind.code}"
    assert found["detail"] == "This is why."
    assert found["data"] == {"limit": 7}
    assert found["errors"] == [{"code": kind.code, "detail": "This is why.", "attr": None}]


def test_a_fault_of_ours_tells_nothing_of_itself(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("gallery.search.engine.search", fail)
    client = Client(raise_request_exception=False)
    found = problem(client.get("/api/v1/search/", {"q": "x"}), 500, "error")
    assert "secret" not in str(found)
