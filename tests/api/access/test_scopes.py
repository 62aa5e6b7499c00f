"""What anonymous visitors, tokens that read and tokens that write may do, on every API route."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from gallery.api.urls import urlpatterns
from gallery.models import EmbeddingSpace, Image
from tests.api.responses import json_body, problem
from tests.builders import by_token, make_image, make_token

# Who may: everybody, whoever has a login, whoever may change something, or moderators.
OPEN, MEMBERS, WRITERS, MODERATORS = "open", "members", "writers", "moderators"
ROUTES = {
    "api-images": {"get": OPEN, "post": WRITERS},
    "api-check-files": {"post": MEMBERS},
    "api-bulk-delete": {"post": WRITERS},
    "api-bulk-update": {"post": WRITERS},
    "api-image": {"get": OPEN, "patch": WRITERS, "delete": WRITERS},
    "api-retry": {"post": WRITERS},
    "api-similar": {"get": OPEN},
    "api-image-zero-shot": {"post": MEMBERS},
    "api-image-tags": {"get": OPEN, "put": WRITERS},
    "api-image-tag": {"delete": WRITERS},
    "api-image-tag-reason": {"get": MEMBERS},
    "api-image-moderation": {"get": MEMBERS, "post": MODERATORS},
    "api-image-appeal": {"post": WRITERS},
    "api-moderation": {"get": MODERATORS},
    "api-reaction": {"put": WRITERS, "delete": WRITERS},
    "api-recommendations": {"get": MEMBERS},
    "api-activity": {"get": MEMBERS, "put": WRITERS, "delete": WRITERS},
    "api-imports": {"get": MEMBERS, "post": WRITERS},
    "api-import": {"get": MEMBERS, "put": WRITERS, "delete": WRITERS},
    "api-import-rows": {"get": MEMBERS},
    "api-import-report": {"get": MEMBERS},
    "api-map": {"get": OPEN},
    "api-map-points": {"get": OPEN},
    "api-ask": {"post": OPEN},
    "api-events": {"get": MEMBERS},
    "api-webhooks": {"get": MEMBERS, "post": WRITERS},
    "api-webhook": {"get": MEMBERS, "patch": WRITERS, "delete": WRITERS},
    "api-webhook-test": {"post": WRITERS},
    "api-near-duplicates": {"get": MEMBERS, "post": WRITERS},
    "api-tags": {"get": OPEN},
    "api-suggestions": {"get": MEMBERS, "post": WRITERS},
    "api-zero-shot": {"post": MEMBERS},
    "api-embeddings": {"post": MEMBERS},
    "api-search": {"get": OPEN, "post": OPEN},
    "api-statistics": {"get": OPEN},
    "api-status": {"get": OPEN},
    # A token may always end itself.
    "api-token": {"post": OPEN, "delete": MEMBERS},
    "api-tokens": {"get": MEMBERS, "post": WRITERS},
    "api-own-token": {"delete": WRITERS},
    "api-schema": {"get": OPEN},
    "api-docs": {"get": OPEN},
    "api-unknown": {},
}
METHODS = {"get", "post", "put", "patch", "delete"}
CASES = [
    (route, method, who) for route, methods in ROUTES.items() for method, who in methods.items()
]


def implemented() -> Iterator[tuple[str | None, set[str]]]:
    for pattern in urlpatterns:
        callback: Any = pattern.callback
        view = getattr(callback, "cls", None) or callback.view_class
        yield pattern.name, {method for method in METHODS if hasattr(view, method)}


def test_the_table_has_every_route() -> None:
    assert dict(implemented()) == {route: set(methods) for route, methods in ROUTES.items()}


@pytest.fixture
def image(owner: User, space: EmbeddingSpace) -> Image:
    return make_image(owner, visibility="public")


def request(route: str, method: str, image: Image, headers: dict[str, str] | None = None) -> Any:
    """The answer to a request without a body. Errors in it come after the check of rights."""
    has_key = route in {"api-image", "api-retry", "api-similar", "api-image-zero-shot"}
    has_key = has_key or route in {"api-own-token", "api-image-tags", "api-reaction"}
    has_key = has_key or route in {"api-image-moderation", "api-image-appeal"}
    has_key = has_key or route in {"api-import", "api-import-rows", "api-import-report"}
    has_key = has_key or route in {"api-webhook", "api-webhook-test"}
    keys: list[Any] = [image.pk] if has_key else []
    if route in {"api-image-tag", "api-image-tag-reason"}:
        keys = [image.pk, 1]
    address = reverse(route, args=keys)
    return getattr(Client(), method)(address, headers=headers)


def is_refused(response: Any) -> bool:
    assert response.status_code < 500 or response.status_code == 503
    return response.status_code in (401, 403)


@pytest.mark.parametrize(("route", "method", "who"), CASES)
def test_anonymous_visitors_only_read(route: str, method: str, who: str, image: Image) -> None:
    response = request(route, method, image)
    if who == OPEN:
        assert not is_refused(response)
    else:
        problem(response, 401, "not_authenticated")
        assert response["WWW-Authenticate"] == "Token"


@pytest.mark.parametrize(("route", "method", "who"), CASES)
def test_a_read_token_changes_nothing(
    route: str, method: str, who: str, image: Image, owner: User
) -> None:
    response = request(route, method, image, by_token(make_token(owner, "read")))
    if who == WRITERS:
        document = problem(response, 403, "scope")
        assert document["data"] == {"scope": "write"}
    elif who == MODERATORS:
        assert response.status_code == 403
    else:
        assert not is_refused(response)
    assert Image.objects.get() == image


@pytest.mark.parametrize("route", ROUTES)
def test_a_read_token_may_ask_for_the_methods(route: str, image: Image, owner: User) -> None:
    response = request(route, "options", image, by_token(make_token(owner, "read")))
    assert response.status_code == (404 if route == "api-unknown" else 200)


@pytest.mark.parametrize(("route", "method", "who"), CASES)
def test_a_write_token_passes(route: str, method: str, who: str, image: Image, owner: User) -> None:
    response = request(route, method, image, by_token(make_token(owner, "write")))
    assert is_refused(response) == (who == MODERATORS)


@pytest.mark.parametrize("method", sorted(METHODS))
def test_unknown_addresses_exist_for_no_token(method: str, owner: User) -> None:
    for scope in ("read", "write"):
        headers = by_token(make_token(owner, scope))
        problem(getattr(Client(), method)("/api/v1/no/", headers=headers), 404, "not_found")


@pytest.mark.parametrize(("scope", "sees"), [("write", False), ("admin", True)])
def test_only_admin_tokens_have_the_powers_of_staff(
    scope: str, sees: bool, owner: User, curator: User, space: EmbeddingSpace
) -> None:
    private = make_image(owner, visibility="private")
    headers = by_token(make_token(curator, scope))
    statistics = json_body(Client().get("/api/v1/statistics/", headers=headers))
    assert (statistics["vector_index"] is not None) == sees
    answer = Client().get(f"/api/v1/images/{private.pk}/", headers=headers)
    assert answer.status_code == (200 if sees else 404)


def test_an_admin_scope_ends_with_the_rights(curator: User, owner: User) -> None:
    private = make_image(owner, visibility="private")
    headers = by_token(make_token(curator, "admin"))
    User.objects.filter(pk=curator.pk).update(is_staff=False, is_superuser=False)
    answer = Client().get(f"/api/v1/images/{private.pk}/", headers=headers)
    assert answer.status_code == 404


def test_a_token_without_powers_keeps_those_of_the_person(curator: User) -> None:
    Client().get("/api/v1/status/", headers=by_token(make_token(curator, "write")))
    curator.refresh_from_db()
    assert (curator.is_staff, curator.is_superuser) == (True, True)
