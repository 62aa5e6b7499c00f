"""Moderators hide the visible pictures of a selection."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.curation.moderation import appeals
from gallery.models import Image, Moderation, ModerationAppeal
from tests.builders import make_moderator, moderate
from tests.map.conftest import MakeTopic, update_all
from tests.pages.map.conftest import AREA, undo_fields

pytestmark = pytest.mark.django_db


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


def test_undo_restores_what_was_hidden(
    make_topic: MakeTopic, client: Client, owner_client: Client
) -> None:
    """Not what the moderator, or another one, has decided since."""
    images = make_topic(1, 4)
    moderate(images[0], "reject")
    update_all()
    client.force_login(make_moderator())
    fields = undo_fields(client.post(AREA, {"hide": "1", "confirmed": "3"}, follow=True))
    moderate(images[1], "block")
    assert owner_client.post(AREA, fields).status_code == 302
    assert Image.objects.filter(moderation=Moderation.HIDDEN).count() == 3
    assert "Undone." in client.post(AREA, fields, follow=True).content.decode()
    shown = Image.objects.filter(moderation=Moderation.VISIBLE)
    assert {image.pk for image in shown} == {image.pk for image in images[2:]}


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
