from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.encoders import loader
from gallery.encoders.base import BY_TORCH, Computation, Computations
from gallery.jobs import problems
from gallery.models import EmbeddingSpace, Image, SpaceBackfill
from tests.api.responses import PEOPLE, VISIBLE_TO, json_body, problem
from tests.builders import make_backfill, make_embedding, make_image, make_space, unit_vector

STATUS = "/api/v1/status/"


@pytest.mark.parametrize("person", PEOPLE)
def test_everyone_counts_what_they_may_see(
    people: dict[str, Client], images: dict[str, Image], person: str
) -> None:
    counted = json_body(people[person].get(STATUS))["images"]
    assert counted["ready"] == sum(person in VISIBLE_TO[visibility] for visibility in VISIBLE_TO)


def test_every_state_is_counted(client: Client, owner: User) -> None:
    for state, number in (("stored", 1), ("derived", 2), ("ready", 3), ("failed", 1)):
        for _ in range(number):
            make_image(owner, state=state)
    counted = json_body(client.get(STATUS))["images"]
    assert counted == {"stored": 1, "derived": 2, "ready": 3, "failed": 1, "quarantined": 0}


def test_the_encoder_is_reported(client: Client, space: EmbeddingSpace) -> None:
    encoder = json_body(client.get(STATUS))["encoder"]
    assert encoder == {"name": "builtin", "fingerprint": space.fingerprint, "computed_by": None}


class Loaded:
    """A loaded encoder; the status reads only its computations."""

    computations: Computations = {"texts": Computation("onnx", "int8-fine", 5.3, "this processor")}


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch, space: EmbeddingSpace) -> Loaded:
    encoder = Loaded()
    held = {(space.encoder, space.fingerprint): encoder}
    monkeypatch.setattr(loader, "held", lambda *key: held.get(key))
    return encoder


def test_staff_see_variant_and_speed(curator_client: Client, loaded: Loaded) -> None:
    assert json_body(curator_client.get(STATUS))["encoder"]["computed_by"] == {
        "images": None,
        "texts": {
            "backend": "onnx", "variant": "int8-fine", "milliseconds": 5.3,
            "measured_on": "this processor",
        },
    }  # fmt: skip


@pytest.mark.parametrize("person", [person for person in PEOPLE if person != "curator"])
def test_others_do_not_see_the_variant(
    people: dict[str, Client], loaded: Loaded, person: str
) -> None:
    assert json_body(people[person].get(STATUS))["encoder"]["computed_by"] is None


def test_staff_see_when_torch_serves(curator_client: Client, loaded: Loaded) -> None:
    loaded.computations = {"pictures": BY_TORCH, "texts": BY_TORCH}
    answer = json_body(curator_client.get(STATUS))["encoder"]["computed_by"]
    torch = {"backend": "torch", "variant": "fp32", "milliseconds": None, "measured_on": None}
    assert answer == {"images": torch, "texts": torch}


def test_the_status_loads_no_encoder(
    curator_client: Client, space: EmbeddingSpace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loader, "load", None)
    assert json_body(curator_client.get(STATUS))["encoder"]["computed_by"] is None


def test_the_encoder_is_null_before_one_is_chosen(client: Client, db: None) -> None:
    assert json_body(client.get(STATUS))["encoder"] is None


def test_health_problems_are_reported(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "gallery.api.site.status.report", lambda: {"broker": "Redis does not answer"}
    )
    assert json_body(client.get(STATUS))["health"] == {"broker": "Redis does not answer"}


def test_a_closed_site_requires_login(client: Client, db: None, gallery_setting: Any) -> None:
    gallery_setting(anonymous_access=False)
    problem(client.get(STATUS), 401, "not_authenticated")


def test_a_backfill_reports_its_progress(client: Client, owner: User) -> None:
    old, new = make_space(encoder="old"), make_space(encoder="new", active=False)
    job = make_backfill(new)
    images = [make_image(owner) for _ in range(3)]
    for image in images:
        make_embedding(image, old, unit_vector(1))
    make_embedding(images[0], new, unit_vector(2))
    status = json_body(client.get(STATUS))
    assert status["encoder"]["name"] == "old"
    assert status["next_encoder"] == {
        "name": "new", "state": "running", "total": 3, "embedded": 1, "skipped": 0,
        "seconds_left": None, "problem": None,
    }  # fmt: skip
    code = SpaceBackfill.Problem.MODEL_UNAVAILABLE
    problems.report(job, code, detail="The model file /srv/secret is lost.")
    assert json_body(client.get(STATUS))["next_encoder"]["problem"] == "model_unavailable"
    assert b"/srv" not in client.get(STATUS).content


def test_the_next_encoder_is_null_without_a_change(client: Client, space: EmbeddingSpace) -> None:
    assert json_body(client.get(STATUS))["next_encoder"] is None


def test_the_version_is_reported(client: Client, db: None, gallery_setting: Any) -> None:
    gallery_setting(version="1.2.3")
    assert json_body(client.get(STATUS))["version"] == "1.2.3"
