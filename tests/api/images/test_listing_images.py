from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from gallery.models import Image
from tests.api.responses import PEOPLE, VISIBLE_TO, json_body, problem
from tests.builders import make_image

IMAGES = "/api/v1/images/"


def titles(client: Client, **query: Any) -> list[str]:
    return [image["title"] for image in json_body(client.get(IMAGES, query))["results"]]


@pytest.mark.parametrize("person", PEOPLE)
def test_everyone_lists_what_they_may_see(
    people: dict[str, Client], images: dict[str, Image], person: str
) -> None:
    seen = {visibility for visibility in VISIBLE_TO if person in VISIBLE_TO[visibility]}
    assert set(titles(people[person])) == seen


def test_a_closed_site_lists_nothing_to_strangers(
    client: Client, images: dict[str, Image], gallery_setting: Any
) -> None:
    gallery_setting(anonymous_access=False)
    problem(client.get(IMAGES), 401, "not_authenticated")


def test_the_newest_come_first(owner_client: Client, owner: User) -> None:
    for number in range(3):
        make_image(owner, title=str(number), created_at=timezone.now() + timedelta(hours=number))
    assert titles(owner_client) == ["2", "1", "0"]


def test_the_order_is_by_date_taken_or_uploaded(owner_client: Client, owner: User) -> None:
    make_image(owner, title="first")
    make_image(owner, title="second", taken_at="1911-03-01T12:00:00Z")
    assert titles(owner_client) == titles(owner_client, order="newest") == ["first", "second"]
    assert titles(owner_client, order="oldest") == ["second", "first"]
    assert titles(owner_client, order="uploaded") == ["second", "first"]
    make_image(owner, title="third", taken_at="1999-03-01T12:00:00Z")
    assert titles(owner_client, order="oldest") == ["second", "third", "first"]
    assert titles(owner_client, order="uploaded") == ["third", "second", "first"]


@pytest.mark.parametrize("order", ["relevance", "-created_at"])
def test_an_unknown_order_is_refused(client: Client, db: None, order: str) -> None:
    response = client.get(IMAGES, {"order": order})
    assert response.status_code == 400
    assert [error["attr"] for error in response.json()["errors"]] == ["order"]


def test_next_keeps_the_order(owner_client: Client, owner: User) -> None:
    for number in range(5):
        make_image(owner, title=str(number), created_at=timezone.now() + timedelta(hours=number))
    titles_seen, address = [], f"{IMAGES}?limit=2&order=oldest"
    while address:
        page = json_body(owner_client.get(address))
        titles_seen += [image["title"] for image in page["results"]]
        address = page["next"]
    assert titles_seen == ["0", "1", "2", "3", "4"]


def test_a_cursor_of_another_order_is_refused(owner_client: Client, owner: User) -> None:
    for _ in range(2):
        make_image(owner)
    following = json_body(owner_client.get(f"{IMAGES}?limit=1&order=oldest"))["next"]
    response = owner_client.get(following.replace("order=oldest", "order=newest"))
    problem(response, 400, "cursor")


def test_pages_have_no_gaps_or_duplicates(owner_client: Client, owner: User) -> None:
    moment = timezone.now()
    for number in range(5):
        make_image(owner, title=str(number), created_at=moment)
    titles_seen, address = [], f"{IMAGES}?limit=2"
    while address:
        page = json_body(owner_client.get(address))
        titles_seen += [image["title"] for image in page["results"]]
        address = page["next"]
    assert sorted(titles_seen) == ["0", "1", "2", "3", "4"]


def test_previous_leads_back(owner_client: Client, owner: User) -> None:
    for _ in range(3):
        make_image(owner)
    first = json_body(owner_client.get(f"{IMAGES}?limit=2"))
    second = json_body(owner_client.get(first["next"]))
    assert first["previous"] is None
    assert json_body(owner_client.get(second["previous"]))["results"] == first["results"]


@pytest.mark.parametrize("limit", [0, 201, 10**9, "many"])
def test_a_limit_out_of_range_is_refused(client: Client, db: None, limit: int | str) -> None:
    response = client.get(IMAGES, {"limit": limit})
    assert response.status_code == 400
    assert [error["attr"] for error in response.json()["errors"]] == ["limit"]


@pytest.mark.parametrize(
    "position",
    [
        "p=nonsense",
        "p=2026-13-45+00:00",
        "p=2026-01-01",
        "o=-1",
        "r=x",
        "p=%00",
        "p=2026-01-01+00:00:00%2B23:59",
    ],
)
def test_an_invalid_cursor_is_rejected(client: Client, db: None, position: str) -> None:
    cursor = base64.b64encode(position.encode()).decode()
    assert problem(client.get(IMAGES, {"cursor": cursor}), 400, "cursor")["data"] == {
        "field": "cursor", "reason": "not_valid",
    }  # fmt: skip


def test_a_non_ascii_cursor_is_rejected(client: Client, db: None) -> None:
    problem(client.get(IMAGES, {"cursor": "é"}), 400, "cursor")


def test_filtered_by_status(owner_client: Client, owner: User) -> None:
    for state in ("stored", "ready", "failed"):
        make_image(owner, state=state, title=state)
    assert titles(owner_client, status="failed") == ["failed"]
    assert set(titles(owner_client, status=["failed", "stored"])) == {"failed", "stored"}


def test_filtered_by_owner_and_visibility(
    people: dict[str, Client], images: dict[str, Image], stranger: User
) -> None:
    make_image(stranger, title="theirs")
    assert titles(people["stranger"], owner="me") == ["theirs"]
    assert titles(people["anonymous"], owner="me") == []
    make_image(None, title="nobody's")
    assert titles(people["anonymous"], owner="none") == ["nobody's"]
    assert titles(people["owner"], visibility="private") == ["private"]


def test_filtered_by_date_taken(owner_client: Client, owner: User) -> None:
    for day in ("01", "02", "03"):
        make_image(owner, title=day, taken_at=f"2026-06-{day}T12:00:00Z")
    between = {"taken_after": "2026-06-02T00:00:00Z", "taken_before": "2026-06-03T00:00:00Z"}
    assert titles(owner_client, **between) == ["02"]


def test_filtered_by_upload_date(owner_client: Client, owner: User) -> None:
    make_image(owner, title="old", created_at="2020-01-01T00:00:00Z")
    make_image(owner, title="new")
    assert titles(owner_client, created_before="2021-01-01T00:00:00Z") == ["old"]
    assert titles(owner_client, created_after="2021-01-01T00:00:00Z") == ["new"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("status", "lost"),
        ("visibility", "x' OR 1=1 --"),
        ("owner", "x" * 201),
        ("created_after", "yesterday"),
        ("created_after", "0001-01-01T00:00:00+23:59x"),
        ("taken_before", "9" * 400),
        ("taken_after", "\x00"),
    ],
)
def test_an_invalid_filter_is_reported_by_name(
    client: Client, db: None, name: str, value: str
) -> None:
    response = client.get(IMAGES, {name: value})
    assert response.status_code == 400
    assert [error["attr"] for error in response.json()["errors"]] == [name]


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_an_out_of_range_date_is_rejected(client: Client, db: None, moment: str) -> None:
    problem(client.get(IMAGES, {"created_after": moment}), 400, "overflow")


def test_an_extreme_utc_offset_is_accepted(owner_client: Client, owner: User) -> None:
    make_image(owner, title="noon", taken_at="2026-06-02T12:00:00Z")
    assert titles(owner_client, taken_after="2026-06-03T11:59:00+23:59") == ["noon"]
    assert titles(owner_client, taken_after="2026-06-03T11:59:01+23:59") == []


def test_the_number_of_queries_is_constant(
    owner_client: Client, owner: User, django_assert_num_queries: Any
) -> None:
    for _ in range(7):
        make_image(owner)
    with django_assert_num_queries(3):  # session, user, images with their owners
        json_body(owner_client.get(IMAGES))


@pytest.mark.parametrize("person", PEOPLE)
def test_failed_pictures_are_listed_for_their_owner(
    people: dict[str, Client], owner: User, person: str
) -> None:
    for state in ("failed", "quarantined", "ready"):
        make_image(owner, title=state, state=state)
    listed = {"ready", "failed", "quarantined"} if person in ("owner", "curator") else {"ready"}
    assert set(titles(people[person])) == listed
    assert set(titles(people[person], status="failed")) == listed & {"failed"}
