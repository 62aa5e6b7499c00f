from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.models import Reaction
from gallery.recommendations.activity import reactions
from gallery.recommendations.activity.consent import has_consented
from tests.builders import make_image

pytestmark = pytest.mark.django_db
RECORDING = "/account/activity/recording/"


def test_recording_is_off_until_switched_on(owner: User, owner_client: Client) -> None:
    assert "Recording is off." in owner_client.get("/account/").content.decode()
    text = owner_client.post(RECORDING, {"recording": "on"}, follow=True).content.decode()
    assert "Recording is on." in text
    assert has_consented(owner)
    owner_client.post(RECORDING, {"recording": "off"})
    assert not has_consented(owner)
    assert owner_client.post(RECORDING, {"recording": "x"}).status_code == 400


def test_the_page_says_how_long_it_is_kept(owner_client: Client, gallery_setting: object) -> None:
    gallery_setting(activity_seconds=90 * 24 * 3600)  # type: ignore[operator]
    assert "deleted after 90 days" in owner_client.get("/account/").content.decode()


def test_activity_is_downloaded(owner: User, owner_client: Client) -> None:
    image = make_image()
    reactions.react(owner, image, "like")  # type: ignore[arg-type]
    response = owner_client.get("/account/activity/download/")
    assert "attachment" in response["Content-Disposition"]
    assert json.loads(response.content)["reactions"][0]["image_id"] == str(image.pk)


def test_erasing_is_confirmed(owner: User, owner_client: Client) -> None:
    reactions.react(owner, make_image(), "like")  # type: ignore[arg-type]
    assert owner_client.get("/account/activity/erase/").status_code == 200
    assert Reaction.objects.exists()
    owner_client.post("/account/activity/erase/")
    assert not Reaction.objects.exists()


@pytest.mark.parametrize("page", ["recording", "erase", "download"])
def test_strangers_are_sent_to_the_login(client: Client, page: str) -> None:
    assert client.get(f"/account/activity/{page}/").status_code == 302
