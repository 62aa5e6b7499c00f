"""Own pictures of a selection are shown to nobody else, and to the same people again."""

from __future__ import annotations

import uuid

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.models import Image, MapCluster, Visibility
from tests.map.conftest import MakeTopic, update_all
from tests.pages.map.conftest import AREA, undo_fields

pytestmark = pytest.mark.django_db


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
    fields = undo_fields(answer)
    stranger_client.post(AREA, fields)
    assert Image.objects.filter(visibility=Visibility.PRIVATE).count() == 4
    assert "Undone." in owner_client.post(AREA, fields, follow=True).content.decode()
    shown = {value: set[uuid.UUID]() for value in ("public", "members", "private")}
    for key, visibility in Image.objects.values_list("pk", "visibility"):
        shown[visibility].add(key)
    assert (shown["public"], shown["members"], len(shown["private"])) == (public, members, 1)


@pytest.mark.parametrize("keys", ["x", ",", ",".join(["0" * 32] * 10_001)])
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


def test_larger_selections_are_not_changed(
    make_topic: MakeTopic,
    owner: User,
    owner_client: Client,
    stranger_client: Client,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_topic(1, 6, owner=owner)
    update_all()
    for module in ("change", "selection"):
        monkeypatch.setattr(f"gallery.pages.map.{module}.MOST_CHANGED", 5)
    page = owner_client.get(AREA).content.decode()
    assert "tag-name" not in page
    assert "At most 5 pictures can be changed at once." in page
    assert "can be changed at once" not in client.get(AREA).content.decode()
    assert owner_client.post(AREA, {"private": "1"}).status_code == 400
    assert not Image.objects.filter(visibility=Visibility.PRIVATE).exists()


@pytest.mark.slow
def test_a_thousand_pictures_change_at_once(
    make_topic: MakeTopic, owner: User, owner_client: Client
) -> None:
    make_topic(1, 1_001, owner=owner)
    update_all()
    confirmation = owner_client.post(AREA, {"private": "1"}).content.decode()
    assert "Show 1001 pictures to nobody else?" in confirmation
    answer = owner_client.post(AREA, {"private": "1", "confirmed": "1001"}, follow=True)
    assert Image.objects.filter(visibility=Visibility.PRIVATE).count() == 1_001
    owner_client.post(AREA, undo_fields(answer))
    assert Image.objects.filter(visibility=Visibility.PUBLIC).count() == 1_001


def test_undo_works_after_the_map_changed(
    make_topic: MakeTopic, owner: User, owner_client: Client
) -> None:
    make_topic(1, 1, owner=owner)
    update_all()
    group = f"/map/pictures/?cluster={MapCluster.objects.get().pk}"
    answer = owner_client.post(group, {"private": "1", "confirmed": "1"}, follow=True)
    make_topic(2, 1, owner=owner)
    update_all()
    assert owner_client.get(group).status_code == 404
    after = owner_client.post(group, undo_fields(answer), follow=True)
    assert after.redirect_chain == [("/map/", 302)]
    assert "Undone." in after.content.decode()
    assert not Image.objects.filter(visibility=Visibility.PRIVATE).exists()
