"""The page of the map, the points for its script, and the pictures of a part of it."""

from __future__ import annotations

import re
import struct
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db.models import Count
from django.test import Client

from gallery.curation.moderation import appeals
from gallery.curation.tags import limits
from gallery.models import (
    Image,
    ImageTag,
    MapCluster,
    MapItem,
    MapPoint,
    Moderation,
    ModerationAppeal,
    Visibility,
)
from tests.builders import make_moderator, make_tag, moderate, tag_image
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
    confirmation = owner_client.post(AREA, {"private": "1"}).content.decode()
    assert "3 of the 6 selected are yours" in confirmation
    assert "everyone: 3 pictures" in confirmation
    assert not Image.objects.filter(visibility=Visibility.PRIVATE).exists()
    page = owner_client.post(AREA, {"private": "1", "confirmed": "3"}, follow=True)
    assert "Only you see 3 pictures now that others could see." in page.content.decode()
    private = Image.objects.filter(visibility=Visibility.PRIVATE)
    assert set(private.values_list("owner", flat=True)) == {owner.pk}
    assert private.count() == 3
    assert "Show your pictures here to nobody else" not in page.content.decode()
    assert "3 of 6 are yours." in page.content.decode()


def test_undo_shows_pictures_to_the_same_people(
    make_topic: MakeTopic, owner: User, owner_client: Client, stranger_client: Client
) -> None:
    public = {image.pk for image in make_topic(1, 2, owner=owner)}
    members = {image.pk for image in make_topic(1, 1, owner=owner, visibility=Visibility.MEMBERS)}
    make_topic(1, 1, owner=owner, visibility=Visibility.PRIVATE)
    update_all()
    answer = owner_client.post(AREA, {"private": "1", "confirmed": "3"}, follow=True)
    form = (
        answer.content.decode().partition('<form class="decided-form"')[2].partition("</form>")[0]
    )
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    stranger_client.post(AREA, fields)
    assert Image.objects.filter(visibility=Visibility.PRIVATE).count() == 4
    assert "Undone." in owner_client.post(AREA, fields, follow=True).content.decode()
    shown = {value: set[uuid.UUID]() for value in ("public", "members", "private")}
    for key, visibility in Image.objects.values_list("pk", "visibility"):
        shown[visibility].add(key)
    assert (shown["public"], shown["members"], len(shown["private"])) == (public, members, 1)


@pytest.mark.parametrize("keys", ["x", ",", ",".join(["0" * 32] * 1_001)])
def test_a_wrong_undo_is_refused(make_topic: MakeTopic, owner_client: Client, keys: str) -> None:
    make_topic(1, 1)
    update_all()
    assert owner_client.post(AREA, {"undo": "1", "public": keys}).status_code == 400


def test_another_number_is_asked_again(
    make_topic: MakeTopic, owner: User, owner_client: Client
) -> None:
    make_topic(1, 3, owner=owner)
    update_all()
    for number in ("2", "x", ""):
        page = owner_client.post(AREA, {"private": "1", "confirmed": number}).content.decode()
        assert "The pictures have changed since." in page
        assert "Show 3 pictures to nobody else?" in page
    assert not Image.objects.filter(visibility=Visibility.PRIVATE).exists()


def test_moderators_hide_what_is_selected(make_topic: MakeTopic, client: Client) -> None:
    make_topic(1, 3)
    update_all()
    client.force_login(make_moderator())
    assert "Moderation: hide" in client.get(AREA).content.decode()
    confirmation = client.post(AREA, {"hide": "1"}).content.decode()
    assert "Hide 3 pictures?" in confirmation
    assert not Image.objects.filter(moderation=Moderation.HIDDEN).exists()
    page = client.post(AREA, {"hide": "1", "confirmed": "3"}, follow=True).content.decode()
    assert "3 pictures are hidden now." in page
    [queue] = re.findall(r'href="(/admin/[^"]+queue=hidden)"', page)
    assert client.get(queue).content.decode().count("data-item") == 3
    assert Image.objects.filter(moderation=Moderation.HIDDEN).count() == 3


def test_only_visible_pictures_are_hidden(
    make_topic: MakeTopic, client: Client, owner: User
) -> None:
    blocked, hidden, _ = make_topic(1, 3, owner=owner)
    update_all()
    moderate(blocked, "block")
    appeals.send(moderate(hidden, "reject"), "It is a toy.")
    client.force_login(make_moderator())
    page = client.post(AREA, {"hide": "1", "confirmed": "1"}, follow=True).content.decode()
    assert "1 picture is hidden now." in page
    blocked.refresh_from_db()
    assert blocked.moderation == Moderation.BLOCKED
    assert ModerationAppeal.objects.filter(answer=None).count() == 1
    assert "Moderation: hide" not in page


def test_superusers_change_only_their_own(
    make_topic: MakeTopic, owner: User, curator: User, curator_client: Client
) -> None:
    make_topic(1, 3, owner=owner)
    update_all()
    assert "tag-name" not in curator_client.get(AREA).content.decode()
    [own] = make_topic(2, 1, owner=curator)
    MapItem.objects.add_for([own.pk])
    update_all()
    curator_client.post(AREA, {"name": "mine"})
    curator_client.post(AREA, {"private": "1", "confirmed": "1"})
    assert [row.image_id for row in ImageTag.objects.all()] == [own.pk]
    assert [image.pk for image in Image.objects.filter(visibility="private")] == [own.pk]


def test_a_full_picture_gets_no_tag(
    make_topic: MakeTopic, owner: User, owner_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    full, _ = make_topic(1, 2, owner=owner)
    update_all()
    monkeypatch.setattr(limits, "MOST_PER_IMAGE", 1)
    tag_image(full, make_tag("beach"))
    answer = owner_client.post(AREA, {"name": "holiday"})
    assert answer.status_code == 409
    assert "A picture may have at most 200 tags." in answer.content.decode()
    assert not ImageTag.objects.filter(tag__name="holiday").exists()


def test_later_pages_do_without_the_overview(
    make_topic: MakeTopic, client: Client, gallery_setting: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_topic(1, 5)
    update_all()
    gallery_setting(page_size=2)
    group, count = MapPoint.objects.values_list("cluster").annotate(n=Count("*")).latest("n")
    first = client.get(f"/map/pictures/?cluster={group}")
    monkeypatch.setattr("gallery.pages.map.selection.overview_for", None)
    assert f"{count} pictures" in first.content.decode()
    after = first.context["page"].next
    assert client.get(f"/map/pictures/?cluster={group}&after={after}").status_code == 200
    assert client.post(f"/map/pictures/?cluster={group}", {"name": "x"}).status_code == 302


def test_groups_of_other_people_are_unknown(
    make_topic: MakeTopic, owner: User, stranger_client: Client
) -> None:
    image, *_ = make_topic(1, 2, owner=owner, visibility=Visibility.PRIVATE)
    update_all()
    group = MapPoint.objects.get(image=image).cluster_id
    assert stranger_client.get(f"/map/pictures/?cluster={group}").status_code == 404


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


def test_others_change_nothing(make_topic: MakeTopic, stranger_client: Client) -> None:
    make_topic(1, 3)
    update_all()
    assert "tag-name" not in stranger_client.get(AREA).content.decode()
    assert stranger_client.post(AREA, {"hide": "1"}).status_code == 404
    stranger_client.post(AREA, {"name": "mine"})
    page = stranger_client.post(AREA, {"private": "1", "confirmed": "3"}, follow=True)
    assert "Nothing can be changed here." in page.content.decode()
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
