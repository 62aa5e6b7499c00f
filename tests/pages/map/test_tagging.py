"""A tag for all pictures of a selection that are the person's own."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.curation.tags import limits
from gallery.models import Image, ImageTag, MapItem, Tag, TagSource, TagState
from tests.builders import make_tag, tag_image
from tests.map.conftest import MakeTopic, update_all
from tests.pages.map.conftest import AREA, undo_fields

pytestmark = pytest.mark.django_db


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


def test_undo_takes_the_tag_away(
    make_topic: MakeTopic, owner: User, owner_client: Client, stranger_client: Client
) -> None:
    """Only where it was given, and not from pictures that had it before."""
    images = make_topic(1, 3, owner=owner)
    update_all()
    tag_image(images[0], make_tag("holiday"))
    fields = undo_fields(owner_client.post(AREA, {"name": "holiday"}, follow=True))
    assert ImageTag.objects.approved().count() == 3
    stranger_client.post(AREA, fields)
    assert ImageTag.objects.approved().count() == 3
    assert "Undone." in owner_client.post(AREA, fields, follow=True).content.decode()
    assert [row.image_id for row in ImageTag.objects.all()] == [images[0].pk]
    assert "Nothing can be changed" in owner_client.post(AREA, fields, follow=True).content.decode()
    assert owner_client.post(AREA, {**fields, "tag": "²"}).status_code == 302


def test_undo_keeps_what_is_suggested(
    make_topic: MakeTopic, owner: User, owner_client: Client
) -> None:
    [image] = make_topic(1, 1, owner=owner)
    update_all()
    suggested = {"source": TagSource.ZERO_SHOT, "state": TagState.SUGGESTED}
    row = tag_image(image, make_tag("beach"), **suggested)
    fields = undo_fields(owner_client.post(AREA, {"name": "beach"}, follow=True))
    owner_client.post(AREA, fields)
    row.refresh_from_db()
    assert (row.state, row.decided_by) == (TagState.SUGGESTED, None)


def test_undo_keeps_a_removed_keyword_removed(
    make_topic: MakeTopic, owner: User, owner_client: Client
) -> None:
    tag = make_tag("dog")
    for source in (TagSource.IMPORT, TagSource.ZERO_SHOT):
        [image] = make_topic(1, 1, owner=owner)
        tag_image(image, tag, source=source, state=TagState.REJECTED, decided_by=owner)
    update_all()
    fields = undo_fields(owner_client.post(AREA, {"name": "dog"}, follow=True))
    assert ImageTag.objects.approved().count() == 2
    owner_client.post(AREA, fields)
    assert {row.state for row in ImageTag.objects.all()} == {TagState.REJECTED}
    assert set(Image.objects.values_list("tag_names", flat=True)) == {""}


def test_a_wrong_name_is_explained(
    make_topic: MakeTopic, owner: User, owner_client: Client
) -> None:
    make_topic(1, 3, owner=owner)
    update_all()
    answer = owner_client.post(AREA, {"name": "x" * 61})
    assert answer.status_code == 400
    assert "A tag may have at most 60 characters." in answer.content.decode()


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
    assert not Tag.objects.filter(name="holiday").exists()
