from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.encoders import loader
from gallery.encoders.base import BY_TORCH, Computation, Computations
from gallery.jobs import problems
from gallery.models import EmbeddingSpace, Image, SpaceBackfill
from tests.api.answers import PEOPLE, SEEN_BY, body, problem
from tests.builders import make_backfill, make_embedding, make_image, make_space, unit_vector

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
    encoder = body(client.get(STATUS))["encoder"]
    assert encoder == {"name": "builtin", "fingerprint": space.fingerprint, "computed_by": None}


class Loaded:
    """An encoder in the memory of this process; a test of the status needs no vectors."""

    computations: Computations = {"texts": Computation("onnx", "int8-fine", 5.3, "this processor")}


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch, space: EmbeddingSpace) -> Loaded:
    encoder = Loaded()
    held = {(space.encoder, space.fingerprint): encoder}
    monkeypatch.setattr(loader, "held", lambda *key: held.get(key))
    return encoder


def test_staff_see_variant_and_speed(curator_client: Client, loaded: Loaded) -> None:
    assert body(curator_client.get(STATUS))["encoder"]["computed_by"] == {
        "pictures": None,
        "texts": {
            "backend": "onnx", "variant": "int8-fine", "milliseconds": 5.3,
            "measured_on": "this processor",
        },
    }  # fmt: skip


@pytest.mark.parametrize("person", [person for person in PEOPLE if person != "curator"])
def test_others_do_not_see_the_variant(
    people: dict[str, Client], loaded: Loaded, person: str
) -> None:
    assert body(people[person].get(STATUS))["encoder"]["computed_by"] is None


def test_staff_see_when_torch_serves(curator_client: Client, loaded: Loaded) -> None:
    loaded.computations = {"pictures": BY_TORCH, "texts": BY_TORCH}
    answer = body(curator_client.get(STATUS))["encoder"]["computed_by"]
    torch = {"backend": "torch", "variant": "fp32", "milliseconds": None, "measured_on": None}
    assert answer == {"pictures": torch, "texts": torch}


def test_the_status_loads_no_encoder(
    curator_client: Client, space: EmbeddingSpace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loader, "load", None)
    assert body(curator_client.get(STATUS))["encoder"]["computed_by"] is None


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


def test_a_backfill_reports_its_progress(client: Client, owner: User) -> None:
    old, new = make_space(encoder="old"), make_space(encoder="new", active=False)
    job = make_backfill(new)
    images = [make_image(owner) for _ in range(3)]
    for image in images:
        make_embedding(image, old, unit_vector(1))
    make_embedding(images[0], new, unit_vector(2))
    status = body(client.get(STATUS))
    assert status["encoder"]["name"] == "old"
    assert status["next_encoder"] == {
        "name": "new", "state": "running", "total": 3, "embedded": 1, "skipped": 0,
        "seconds_left": None, "problem": None,
    }  # fmt: skip
    code = SpaceBackfill.Problem.MODEL_UNAVAILABLE
    problems.report(job, code, detail="The model file /srv/secret is lost.")
    assert body(client.get(STATUS))["next_encoder"]["problem"] == "model_unavailable"
    assert b"/srv" not in client.get(STATUS).content


def test_without_a_change_of_encoder_there_is_no_next_one(
    client: Client, space: EmbeddingSpace
) -> None:
    assert body(client.get(STATUS))["next_encoder"] is None
