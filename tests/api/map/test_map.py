from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.models import Visibility
from tests.api.responses import json_body, problem
from tests.builders import make_tag, tag_image
from tests.map.conftest import MakeTopic, make_topic, space, update_all

__all__ = ["make_topic", "space"]
pytestmark = pytest.mark.django_db


def test_the_map_has_groups(make_topic: MakeTopic, client: Client) -> None:
    tag = make_tag("beach", name_zh="海滩")
    images = make_topic(1, 1)
    tag_image(images[0], tag)
    update_all()
    body = json_body(client.get("/api/v1/map/"))
    assert (body["method"], body["count"]) == ("pca", 1)
    [cluster] = body["clusters"]
    assert cluster["tags"] == [{"id": tag.pk, "name": "beach", "name_zh": "海滩"}]
    assert cluster["examples"] == [str(images[0].pk)]


def test_without_a_map_both_are_empty(client: Client, db: None) -> None:
    assert json_body(client.get("/api/v1/map/")) == {
        "method": None, "completed_at": None, "count": 0, "is_sample": False, "clusters": [],
    }  # fmt: skip
    points = json_body(client.get("/api/v1/map/points/"))
    assert points == {"images": [], "x": [], "y": [], "clusters": []}


def test_points_are_columns_of_visible_images(
    make_topic: MakeTopic, client: Client, owner: User, owner_client: Client
) -> None:
    public = make_topic(1, 3)
    private = make_topic(2, 2, owner=owner, visibility=Visibility.PRIVATE)
    update_all()
    points = json_body(client.get("/api/v1/map/points/"))
    assert points["images"] == sorted(str(image.pk) for image in public)
    assert {len(column) for column in points.values()} == {3}
    own = json_body(owner_client.get("/api/v1/map/points/"))
    assert set(own["images"]) == {str(image.pk) for image in [*public, *private]}
    clusters = json_body(client.get("/api/v1/map/"))["clusters"]
    assert {each["id"] for each in clusters} == set(points["clusters"])


def test_unknown_parameters_are_refused(client: Client, db: None) -> None:
    for address in ("/api/v1/map/?x=1", "/api/v1/map/points/?x=1"):
        problem(client.get(address), 400, "unknown")
