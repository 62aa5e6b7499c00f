"""The filters of the list of images."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.api.responses import json_body, problem
from tests.builders import make_image, make_tag, tag_image

IMAGES = "/api/v1/images/"


def titles(client: Client, **query: Any) -> set[str]:
    return {image["title"] for image in json_body(client.get(IMAGES, query))["results"]}


@pytest.fixture
def images(owner: User, stranger: User) -> None:
    boat = make_image(
        owner, title="boat", width=4000, height=3000, format="jpeg", size=5_000_000,
        camera="FUJIFILM X100V", lens="23mm", caption="A boat", external_id="A-1",
        lightness=53.0, green_red=80.0, blue_yellow=67.0, latitude=48.85, longitude=2.35,
        taken_at="2024-06-05T12:00:00Z", metadata={"category": "shoes", "price": 20},
    )  # fmt: skip
    cat = make_image(
        stranger, title="cat", width=200, height=300, external_id="A-1", latitude=48.86,
        longitude=2.34, metadata={"category": "hats", "price": 5, "sold": True},
    )  # fmt: skip
    beach, pet = make_tag("beach", name_zh="海滩"), make_tag("pet")
    tag_image(boat, beach)
    tag_image(cat, beach)
    tag_image(cat, pet)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"owner": "stranger"}, {"cat"}),
        ({"owner": "me"}, {"boat"}),
        ({"owner": "nobody"}, set()),
        ({"orientation": "portrait"}, {"cat"}),
        ({"orientation": ["portrait", "landscape"]}, {"boat", "cat"}),
        ({"format": "jpeg"}, {"boat"}),
        ({"min_size": 5_000_000}, {"boat"}),
        ({"max_size": 5000}, {"cat"}),
        ({"min_megapixels": 12}, {"boat"}),
        ({"max_megapixels": 0.5}, {"cat"}),
        ({"camera": "x100"}, {"boat"}),
        ({"lens": "23"}, {"boat"}),
        ({"has_caption": "true"}, {"boat"}),
        ({"has_caption": "false"}, {"cat"}),
        ({"colour": "red"}, {"boat"}),
        ({"colour": "#ff0000", "colour_tolerance": "1.5"}, {"boat"}),
        ({"colour": "blue"}, set()),
        ({"external_id": "A-1"}, {"boat"}),
        ({"dated_after": "2024-06-06T00:00:00Z"}, {"cat"}),
        ({"metadata": '{"price": {"$gt": 10}}'}, {"boat"}),
        ({"metadata": '{"category": {"$ne": "shoes"}}'}, {"cat"}),
        ({"metadata.category": "hats"}, {"cat"}),
        ({"metadata.price": "<=5", "metadata.sold": "true"}, {"cat"}),
        ({"metadata.price": "5..20"}, {"boat", "cat"}),
        ({"metadata.sold": "*"}, {"cat"}),
        ({"tag": "Beach"}, {"boat", "cat"}),
        ({"tag": ["海滩", "pet"]}, {"cat"}),
        ({"tag": ["beach", "sea"]}, set()),
    ],
)
def test_filtered_by_each_parameter(
    images: None, owner_client: Client, query: dict[str, Any], expected: set[str]
) -> None:
    assert titles(owner_client, **query) == expected


def test_a_place_finds_only_changeable_images(
    images: None, owner_client: Client, stranger_client: Client, client: Client
) -> None:
    assert titles(owner_client, near="48.85,2.35,10km") == {"boat"}
    assert titles(stranger_client, near="48.85,2.35,10km") == {"cat"}
    assert titles(client, near="48.85,2.35,10km") == set()


def test_filters_never_show_private_images(owner: User, stranger_client: Client) -> None:
    make_image(owner, title="secret", visibility="private", camera="X100", metadata={"a": 1})
    assert titles(stranger_client, owner="owner", camera="x100") == set()
    assert titles(stranger_client, **{"metadata.a": "1"}) == set()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tags", "dog"),
        ("Owner", "ann"),
        ("orientation", "round"),
        ("format", "docx"),
        ("min_size", "-1"),
        ("max_size", "9" * 30),
        ("min_megapixels", "nan"),
        ("max_megapixels", "inf"),
        ("camera", "\0"),
        ("camera", "x" * 201),
        ("near", "48"),
        ("near", "91,0"),
        ("near", "0,0,20001"),
        ("colour", "redish"),
        ("has_caption", "perhaps"),
        ("metadata", "{"),
        ("metadata", "[]"),
        ("metadata", "[" * 100_000),
        ("metadata", '{"$or": [{"a": 1}]}'),
        ("metadata.a..b", "1"),
        ("metadata.a", "\0"),
    ],
)
def test_a_wrong_parameter_is_reported_by_name(
    client: Client, db: None, name: str, value: str
) -> None:
    response = client.get(IMAGES, {name: value})
    assert response.status_code == 400
    assert [error["attr"] for error in response.json()["errors"]] == [name]


@pytest.mark.parametrize("test", ['{"$where": 1}', '"\\u0000"', "1e999", "null", '["b"]', "{}"])
def test_a_wrong_metadata_condition_names_its_key(client: Client, db: None, test: str) -> None:
    response = client.get(IMAGES, {"metadata": f'{{"good": 1, "a": {test}}}'})
    assert [error["attr"] for error in problem(response, 400, "invalid")["errors"]] == [
        "metadata.a"
    ]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({"min_size": 2, "max_size": 1}, "min_size"),
        ({"taken_after": "2025-01-01T00:00Z", "taken_before": "2024-01-01T00:00Z"}, "taken_after"),
        ({"colour": "red", "colour_tolerance": "-1"}, "colour_tolerance"),
    ],
)
def test_contradicting_parameters_are_reported(
    client: Client, db: None, query: dict[str, Any], name: str
) -> None:
    response = client.get(IMAGES, query)
    assert response.status_code == 400
    assert [error["attr"] for error in response.json()["errors"]] == [name]


def test_tags_filter_searches_too(images: None, owner_client: Client) -> None:
    address = "/api/v1/search/"
    for answer in (
        owner_client.get(address, {"tag": ["beach", "PET"]}),
        owner_client.get(address, {"q": "tag:海滩 tag:pet"}),
        owner_client.post(
            address, {"filter": {"tag": ["beach", "pet"]}}, content_type="application/json"
        ),
    ):
        assert [hit["image"]["title"] for hit in json_body(answer)["results"]] == ["cat"]


@pytest.mark.parametrize(("name", "code"), [("\0", "null_character"), ("x" * 201, "max_length")])
def test_a_wrong_tag_is_named(client: Client, db: None, name: str, code: str) -> None:
    document = problem(client.get(IMAGES, {"tag": ["beach", name]}), 400, code)
    assert [error["attr"] for error in document["errors"]] == ["tag.1"]
