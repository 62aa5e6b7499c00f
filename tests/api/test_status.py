from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.models import EmbeddingSpace, Image
from tests.api.answers import PEOPLE, SEEN_BY, body, problem
from tests.builders import make_image

STATUS = "/api/v1/status/"


@pytest.mark.parametrize("person", PEOPLE)
def test_everyone_counts_what_they_may_see(
    people: dict[str, Client], images: dict[str, Image], person: str
) -> None:
    counted = body(people[person].get(STATUS))["images"]
    assert counted["ready"] == sum(person in SEEN_BY[visibility] for visibility in SEEN_BY)


def test_every_state_is_counted(client: Client, owner: User) -> None:
    for state, number in (("stored", 1), ("derived", 2), ("ready", 3), ("failed", 1)):
        for _ in range(number):
            make_image(owner, state=state)
    counted = body(client.get(STATUS))["images"]
    assert counted == {"stored": 1, "derived": 2, "ready": 3, "failed": 1, "quarantined": 0}


def test_the_encoder_is_named(client: Client, space: EmbeddingSpace) -> None:
    said = body(client.get(STATUS))["encoder"]
    assert said == {"name": "builtin", "fingerprint": space.fingerprint}


def test_a_site_without_an_encoder_says_so(client: Client, db: None) -> None:
    assert body(client.get(STATUS))["encoder"] is None


def test_what_is_down_is_named(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "gallery.operations.health.report", lambda: {"broker": "Redis does not answer"}
    )
    assert body(client.get(STATUS))["health"] == {"broker": "Redis does not answer"}


def test_a_closed_site_tells_strangers_nothing(
    client: Client, db: None, gallery_setting: Any
) -> None:
    gallery_setting(anonymous_access=False)
    problem(client.get(STATUS), 401, "not_authenticated")
