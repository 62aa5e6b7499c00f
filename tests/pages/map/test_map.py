"""The page of the map, and the points for its script."""

from __future__ import annotations

import struct
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from gallery.models import MapCluster, MapPoint
from tests.builders import make_tag, tag_image
from tests.map.conftest import MakeTopic, update_all
from tests.pages.map.conftest import AREA

pytestmark = pytest.mark.django_db


def test_the_page_lists_the_groups(make_topic: MakeTopic, client: Client) -> None:
    images = make_topic(1, 6)
    tag = make_tag("beach", name_zh="海滩")
    for image in images:
        tag_image(image, tag)
    update_all()
    page = client.get("/map/").content.decode()
    assert page.count("data-cluster=") == len(set(MapCluster.objects.values_list("number")))
    assert "beach" in page
    chinese = client.get("/map/", headers={"Accept-Language": "zh-hans"}).content.decode()
    assert "海滩" in chinese


def test_an_empty_gallery_says_so(client: Client, db: None) -> None:
    assert "There is no map yet" in client.get("/map/").content.decode()
    assert client.get("/map/points/").content == bytes(8)
    assert client.get(AREA).status_code == 404


def test_a_closed_site_asks_for_a_login(client: Client, gallery_setting: object) -> None:
    gallery_setting(anonymous_access=False)  # type: ignore[operator]
    for address in ("/map/", "/map/points/", AREA):
        assert client.get(address).status_code == 302


def test_points_have_the_documented_format(make_topic: MakeTopic, client: Client) -> None:
    images = make_topic(1, 6)
    update_all()
    content = client.get("/map/points/").content
    count, groups = struct.unpack_from("<II", content)
    assert (count, len(content)) == (6, 8 + 4 * groups + 21 * 6)
    assert set(struct.unpack_from(f"<{groups}I", content, 8)) == set(
        MapCluster.objects.values_list("pk", flat=True)
    )
    keys = content[-16 * 6 :]
    assert b"".join(sorted(image.pk.bytes for image in images)) == keys
    point = MapPoint.objects.get(image=uuid.UUID(bytes=keys[-16:]))  # the last row
    places = 8 + 4 * groups
    x, y = struct.unpack_from("<HH", content, places + 4 * 5)
    assert (x, y) == (step(point.x), step(point.y))
    number = content[places + 4 * 6 + 5]
    assert struct.unpack_from("<I", content, 8 + 4 * number) == (point.cluster_id,)


def step(coordinate: float) -> object:
    """Points are read as 32-bit numbers."""
    return pytest.approx((coordinate + 1) / 2 * 65_535, abs=1)


def test_points_are_not_sent_twice(make_topic: MakeTopic, client: Client) -> None:
    make_topic(1, 6)
    update_all()
    etag = client.get("/map/points/")["ETag"]
    assert client.get("/map/points/", headers={"If-None-Match": etag}).status_code == 304


@pytest.fixture
def three_searches_a_minute(settings: Any) -> Iterator[None]:
    rates = {"anonymous_search": "3/m"}
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": rates}
    with time_machine.travel("2026-05-04T12:00:10Z", tick=False):
        yield


@pytest.mark.usefixtures("three_searches_a_minute")
def test_maps_count_as_searches(client: Client, owner_client: Client, db: None) -> None:
    addresses = ["/map/", "/map/points/", AREA, "/api/v1/map/", "/api/v1/map/points/"]
    assert [client.get(each).status_code for each in addresses] == [200, 200, 404, 429, 429]
    assert [client.get(each).status_code for each in addresses] == [429] * 5
    assert owner_client.get("/map/").status_code == 200
