from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.models import EmbeddingSpace, Image
from tests.api.responses import PEOPLE, VISIBLE_TO, json_body, problem
from tests.builders import (
    make_embedding,
    make_image,
    make_index,
    make_measurement,
    make_user,
    unit_vector,
)

STATISTICS = "/api/v1/statistics/"


def facet(answer: dict[str, Any], name: str) -> dict[str, int]:
    """The counts of one facet by value."""
    facets = {each["name"]: each["values"] for each in answer["counts"]["facets"]}
    return {each["value"]: each["count"] for each in facets.get(name, [])}


@pytest.mark.parametrize("person", PEOPLE)
def test_everyone_counts_what_they_may_see(
    people: dict[str, Client], images: dict[str, Image], space: EmbeddingSpace, person: str
) -> None:
    make_embedding(images["private"], space, unit_vector(1))
    visible = sum(person in VISIBLE_TO[visibility] for visibility in VISIBLE_TO)
    answer = json_body(people[person].get(STATISTICS))
    assert answer["images"]["ready"] == visible
    assert answer["vectors"]["searchable"] == visible
    assert answer["vectors"]["embedded"] == (person in VISIBLE_TO["private"])
    assert answer["counts"]["counted"] == visible
    assert facet(answer, "format") == {"png": visible}


def test_coverage_and_width_are_reported(
    client: Client, owner: User, space: EmbeddingSpace
) -> None:
    for number in range(3):
        image = make_image(owner)
        if number:
            make_embedding(image, space, unit_vector(number))
    make_image(owner, state="failed")
    answer = json_body(client.get(STATISTICS))
    assert answer["vectors"] == {
        "encoder": "builtin", "width": 512, "searchable": 3, "embedded": 2, "percent": 66.6,
    }  # fmt: skip
    assert answer["images"]["failed"] == 1


def test_images_are_counted_by_their_properties(client: Client, owner: User) -> None:
    make_image(owner, format="jpeg", camera="X100V", taken_at="2024-06-01T12:00Z")
    make_image(owner, format="jpeg", width=200, height=300)
    answer = json_body(client.get(STATISTICS))
    assert facet(answer, "format") == {"jpeg": 2}
    assert facet(answer, "orientation") == {"landscape": 1, "portrait": 1}
    assert facet(answer, "year") == {"2024": 1}
    assert facet(answer, "camera") == {"X100V": 1}
    assert answer["counts"]["capped"] is False


@pytest.mark.parametrize("person", [person for person in PEOPLE if person != "curator"])
def test_index_figures_are_for_staff(
    people: dict[str, Client], images: dict[str, Image], space: EmbeddingSpace, person: str
) -> None:
    make_index(space)
    assert json_body(people[person].get(STATISTICS))["vector_index"] is None


def test_staff_see_the_index(space: EmbeddingSpace, owner: User) -> None:
    client = Client()
    client.force_login(make_user("staff", is_staff=True))
    make_embedding(make_image(owner, visibility="private"), space, unit_vector(1))
    make_index(space, lists=1264, text_effort=40, picture_effort=10, rows=9_999)
    make_measurement(space, chosen=True)
    status = json_body(client.get(STATISTICS))["vector_index"]
    assert (status["rows"], status["width"], status["images"]) == (1, 512, 1)
    assert (status["current"]["kind"], status["current"]["lists"]) == ("ivfflat", 1264)
    text, image = status["current"]["settings"]
    assert (text["query"], image["query"]) == ("text", "image")
    assert (text["probes"], text["recall"], text["recall_low"]) == (40, 0.985, 0.971)
    assert (image["probes"], image["recall"]) == (10, None)


def test_an_unused_index_is_not_current(curator_client: Client, space: EmbeddingSpace) -> None:
    make_index(space, rows=40, exact_rows=40)
    assert json_body(curator_client.get(STATISTICS))["vector_index"]["current"] is None


def test_staff_see_that_search_is_exact(curator_client: Client, space: EmbeddingSpace) -> None:
    status = json_body(curator_client.get(STATISTICS))["vector_index"]
    assert (status["current"], status["building"], status["due"]) == (None, None, None)


def test_without_an_encoder_images_are_counted(curator_client: Client, owner: User) -> None:
    make_image(owner)
    answer = json_body(curator_client.get(STATISTICS))
    assert (answer["vectors"], answer["vector_index"], answer["images"]["ready"]) == (None, None, 1)


def test_a_closed_site_requires_login(client: Client, db: None, gallery_setting: Any) -> None:
    gallery_setting(anonymous_access=False)
    problem(client.get(STATISTICS), 401, "not_authenticated")
