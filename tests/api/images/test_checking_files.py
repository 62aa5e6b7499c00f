from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.models import Moderation
from tests.builders import make_image

pytestmark = pytest.mark.django_db

A, B, C = "a" * 64, "b" * 64, "c" * 64


def check(client: Client, hashes: Any) -> Any:
    return client.post("/api/v1/images/check/", {"sha256": hashes}, "application/json")


def test_own_files_are_known_by_their_hash(owner_client: Client, owner: User) -> None:
    ready = make_image(owner, sha256=A)
    failed = make_image(owner, sha256=B, state="failed", width=None, error_code="corrupt")
    assert check(owner_client, [B.upper(), C, A, A]).json()["results"] == [
        {"id": str(failed.pk), "status": "failed"},
        {"id": None, "status": None},
        {"id": str(ready.pk), "status": "ready"},
        {"id": str(ready.pk), "status": "ready"},
    ]


def test_files_of_others_stay_secret(
    curator_client: Client, stranger_client: Client, owner: User
) -> None:
    make_image(owner, sha256=A, visibility="public")
    for client in (curator_client, stranger_client):
        assert check(client, [A]).json()["results"][0]["id"] is None


def test_blocked_files_stay_secret(owner_client: Client, owner: User) -> None:
    make_image(owner, sha256=A, moderation=Moderation.BLOCKED)
    assert check(owner_client, [A]).json()["results"][0]["id"] is None


@pytest.mark.parametrize(
    ("hashes", "code"),
    [([], "too_few"), ([A] * 1001, "too_many"), (["a"], "invalid"), (A, "not_a_list")],
)
def test_bad_hashes_are_refused(owner_client: Client, hashes: Any, code: str) -> None:
    response = check(owner_client, hashes)
    assert (response.status_code, response.json()["code"]) == (400, code)


def test_a_thousand_hashes_need_one_query(
    owner_client: Client, django_assert_max_num_queries: Any
) -> None:
    hashes = [f"{number:064x}" for number in range(1000)]
    with django_assert_max_num_queries(6):
        assert len(check(owner_client, hashes).json()["results"]) == 1000
