"""No part of a request is ignored: for every operation of the schema."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from drf_spectacular.generators import SchemaGenerator

from gallery.models import Image, ImportJob, SourceKind, Webhook
from tests.api.responses import problem
from tests.builders import make_image, make_token

_LIMIT_CODES = {"0": "min_value", "abc": "invalid", "100000": "max_value"}
_METHODS = ("get", "post", "put", "patch", "delete")


class Operation(NamedTuple):
    method: str
    path: str
    # Of its body; "application/json" if it has none.
    content_type: str

    def __str__(self) -> str:
        return " ".join(self)


def _operations() -> list[Operation]:
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]  # type: ignore[no-untyped-call]
    return [
        Operation(method, path, content_type)
        for path, methods in paths.items()
        for method, operation in methods.items()
        if method in _METHODS
        for content_type in operation.get("requestBody", {}).get("content", ["application/json"])
    ]


OPERATIONS = _operations()
Send = Callable[..., Any]


@pytest.fixture
def image(owner: User) -> Image:
    return make_image(owner, title="Boat")


@pytest.fixture
def send(owner: User, image: Image) -> Send:
    """``send(operation, query, body)`` with a token of the owner of ``image``, who may do all.

    An import and a webhook have the same ID as the image.
    """
    owner.is_staff = owner.is_superuser = True
    owner.save()
    ImportJob.objects.create(pk=image.pk, owner=owner, kind=SourceKind.CSV, name="a.csv")
    Webhook.objects.create(
        pk=image.pk, user=owner, url="https://example.org/", names=[], transaction=0
    )
    client, token = Client(), make_token(owner)

    def request(operation: Operation, query: str = "", body: dict[str, str] | None = None) -> Any:
        path = operation.path.replace("{id}", str(image.pk)).replace("{tag_id}", "1")
        is_form = operation.content_type == "multipart/form-data"
        text = encode_multipart(BOUNDARY, body or {}) if is_form else json.dumps(body).encode()
        return client.generic(
            operation.method.upper(),
            f"{path}?{query}",
            text if body else b"",
            MULTIPART_CONTENT if is_form else operation.content_type,
            headers={"Authorization": f"Token {token}"},
        )

    return request


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_an_unknown_parameter_is_named(send: Send, image: Image, operation: Operation) -> None:
    document = problem(send(operation, query="no_such_field=1"), 400, "unknown")
    assert [error["attr"] for error in document["errors"]] == ["no_such_field"]


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_an_unknown_field_is_named(send: Send, image: Image, operation: Operation) -> None:
    document = problem(send(operation, body={"no_such_field": "1"}), 400, "unknown")
    assert [error["attr"] for error in document["errors"]] == ["no_such_field"]
    image.refresh_from_db()  # also after the DELETE


@pytest.mark.parametrize("path", ["images/", "search/", "images/{id}/similar/"])
@pytest.mark.parametrize("value", ["0", "abc", "100000", "10"])
def test_a_page_size_is_called_limit(client: Client, image: Image, path: str, value: str) -> None:
    address = f"/api/v1/{path.format(id=image.pk)}"
    assert "“limit”" in problem(client.get(address, {"page_size": value}), 400, "unknown")["detail"]
    if value != "10":
        document = problem(client.get(address, {"limit": value}), 400, _LIMIT_CODES[value])
        assert document["errors"][0]["attr"] == "limit"


@pytest.mark.parametrize("path", ["images/", "search/", "images/{id}/similar/"])
def test_a_second_value_is_refused(client: Client, image: Image, path: str) -> None:
    address = f"/api/v1/{path.format(id=image.pk)}"
    document = problem(client.get(f"{address}?limit=1&owner=a&limit=2&owner=b"), 400, "invalid")
    assert {(error["attr"], error["code"]) for error in document["errors"]} == {
        ("limit", "repeated"),
        ("owner", "repeated"),
    }


@pytest.mark.parametrize(
    ("path", "status"),
    [("images/", 200), ("search/", 200), ("status/", 400), ("images/{id}/", 400)],
)
def test_format_is_a_filter_only(client: Client, image: Image, path: str, status: int) -> None:
    response = client.get(f"/api/v1/{path.format(id=image.pk)}", {"format": "jpeg"})
    assert response.status_code == status


def test_a_request_without_fields_may_be_a_form(owner_client: Client, image: Image) -> None:
    response = owner_client.post(f"/api/v1/images/{image.pk}/retry/", {})
    problem(response, 409, "conflict")  # it is ready: there is nothing to retry
    response = owner_client.post(f"/api/v1/images/{image.pk}/retry/", {"force": "1"})
    assert problem(response, 400, "unknown")["errors"][0]["attr"] == "force"


def test_a_session_may_send_such_a_form(owner: User, image: Image) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    client.get("/login/")
    token = client.get("/upload/").cookies["csrftoken"].value
    address = f"/api/v1/images/{image.pk}/retry/"
    response = client.post(address, {"force": "1"}, headers={"X-CSRFToken": token})
    assert problem(response, 400, "unknown")["errors"][0]["attr"] == "force"


def test_the_hint_is_about_parameters_and_fields(owner_client: Client, image: Image) -> None:
    address = f"/api/v1/images/{image.pk}/"
    response = owner_client.patch(address, {"titel": "x"}, content_type="application/json")
    detail = problem(response, 400, "unknown")["detail"]
    assert "“title”" in detail
    assert "field" in detail


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "images/{id}/", '{"title": "a", "title": "b"}'),
        ("PATCH", "images/{id}/", '{"metadata": {"title": [{"title": 1, "title": 1}]}}'),
        ("POST", "search/", '{"filter": {"owner": "a"}, "title": 1, "title": 2}'),
        ("POST", "auth/tokens/", '{"title": 1, "title": 2}'),
    ],
)
def test_a_repeated_key_is_refused(
    owner_client: Client, image: Image, method: str, path: str, body: str
) -> None:
    address = f"/api/v1/{path.format(id=image.pk)}"
    response = owner_client.generic(method, address, body, content_type="application/json")
    assert "“title”" in problem(response, 400, "repeated")["detail"]
    image.refresh_from_db()
    assert (image.title, image.metadata) == ("Boat", {})


@pytest.mark.parametrize("path", ["images/", "search/", "images/{id}/similar/"])
def test_a_metadata_key_is_given_once(client: Client, image: Image, path: str) -> None:
    address = f"/api/v1/{path.format(id=image.pk)}"
    response = client.get(f"{address}?metadata.a=1&metadata.a=2")
    document = problem(response, 400, "repeated")
    assert document["errors"][0]["attr"] == "metadata.a"
