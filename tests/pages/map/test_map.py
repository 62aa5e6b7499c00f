"""The page of the map, the points for its script, and the pictures of a part of it."""

from __future__ import annotations

import re
import struct

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.models import Image, ImageTag, MapCluster, MapPoint, Moderation, Visibility
from tests.builders import make_moderator, make_tag, tag_image
from tests.map.conftest import MakeTopic, make_topic, space, update_all

__all__ = ["make_topic", "space"]
pytestmark = pytest.mark.django_db

EVERYWHERE = "0,0,65535,0,65535,65535,0,65535"
AREA = f"/map/pictures/?area={EVERYWHERE}"


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


def test_pages_of_groups_have_all_pictures(
    make_topic: MakeTopic, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_topic(1, 8)
    update_all()
    monkeypatch.setattr("gallery.map.points.MOST_POINTS", 5)
    page = client.get("/map/").content.decode()
    assert "It shows 5 of the pictures" in page
    for group in re.findall(r'data-cluster="(\d+)"', page):
        shown = client.get(f"/map/pictures/?cluster={group}").context["page"].images
        assert len(shown) == MapPoint.objects.filter(cluster=group).count()


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


def test_points_are_not_sent_twice(make_topic: MakeTopic, client: Client) -> None:
    make_topic(1, 6)
    update_all()
    etag = client.get("/map/points/")["ETag"]
    assert client.get("/map/points/", headers={"If-None-Match": etag}).status_code == 304


def test_a_group_leads_to_its_pictures(make_topic: MakeTopic, client: Client) -> None:
    images = make_topic(1, 1)
    update_all()
    key = MapCluster.objects.get().pk
    assert (
        images[0].get_absolute_url() in client.get(f"/map/pictures/?cluster={key}").content.decode()
    )
    assert client.get(f"/map/pictures/?cluster={key + 1}").status_code == 404


@pytest.mark.parametrize(
    "query", ["", "cluster=x", "cluster=1²", "area=1,2", f"area={EVERYWHERE}&after=x"]
)
def test_wrong_addresses_are_refused(make_topic: MakeTopic, client: Client, query: str) -> None:
    make_topic(1, 1)
    update_all()
    assert client.get(f"/map/pictures/?{query}").status_code == 400


def test_only_own_pictures_get_the_tag(
    make_topic: MakeTopic, owner: User, owner_client: Client
) -> None:
    own = make_topic(1, 3, owner=owner)
    make_topic(1, 3)
    update_all()
    assert "tag-name" in owner_client.get(AREA).content.decode()
    answer = owner_client.post(AREA, {"name": "holiday"}, follow=True)
    assert "3 pictures have the tag “holiday” now." in answer.content.decode()
    assert set(ImageTag.objects.values_list("image", flat=True)) == {image.pk for image in own}


def test_a_wrong_name_is_explained(
    make_topic: MakeTopic, owner: User, owner_client: Client
) -> None:
    make_topic(1, 3, owner=owner)
    update_all()
    answer = owner_client.post(AREA, {"name": "x" * 61})
    assert answer.status_code == 400
    assert "A tag may have at most 60 characters." in answer.content.decode()


def test_only_own_pictures_become_private(
    make_topic: MakeTopic, owner: User, owner_client: Client
) -> None:
    make_topic(1, 3, owner=owner)
    make_topic(1, 3)
    update_all()
    owner_client.post(AREA, {"private": "1"})
    private = Image.objects.filter(visibility=Visibility.PRIVATE)
    assert set(private.values_list("owner", flat=True)) == {owner.pk}
    assert private.count() == 3


def test_moderators_hide_what_is_selected(make_topic: MakeTopic, client: Client) -> None:
    make_topic(1, 3)
    update_all()
    client.force_login(make_moderator())
    assert "Moderation: hide" in client.get(AREA).content.decode()
    client.post(AREA, {"hide": "1"})
    assert Image.objects.filter(moderation=Moderation.HIDDEN).count() == 3


def test_others_change_nothing(make_topic: MakeTopic, stranger_client: Client) -> None:
    make_topic(1, 3)
    update_all()
    assert "tag-name" not in stranger_client.get(AREA).content.decode()
    assert stranger_client.post(AREA, {"hide": "1"}).status_code == 404
    stranger_client.post(AREA, {"name": "mine"})
    stranger_client.post(AREA, {"private": "1"})
    assert stranger_client.post(AREA, {"delete": "1"}).status_code == 400
    assert Image.objects.filter(tag_ids=[], visibility="public", moderation="visible").count() == 3


def test_large_selections_are_not_changed(
    make_topic: MakeTopic, owner: User, owner_client: Client
) -> None:
    make_topic(1, 1_001, owner=owner)
    update_all()
    assert "tag-name" not in owner_client.get(AREA).content.decode()
    assert owner_client.post(AREA, {"private": "1"}).status_code == 400
    assert not Image.objects.filter(visibility=Visibility.PRIVATE).exists()
