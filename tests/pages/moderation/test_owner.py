"""What the owner of a held or hidden picture sees, and their note to the moderators."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.accounts.signed_files import FileSigner
from gallery.media import storage
from gallery.models import Image, ModerationAppeal
from tests.builders import by_token, make_image, make_token, moderate

pytestmark = pytest.mark.django_db


@pytest.fixture
def hidden(owner: User) -> Image:
    return moderate(make_image(owner, title="A toy"), "reject", note="It looks dangerous.")


def page(client: Client, image: Image) -> str:
    return client.get(f"/pictures/{image.pk}/").content.decode()


def send(client: Client, image: Image, text: str) -> Any:
    return client.post(f"/pictures/{image.pk}/appeal/", {"text": text})


def test_the_owner_reads_state_and_note(hidden: Image, owner_client: Client) -> None:
    text = page(owner_client, hidden)
    assert "This picture is hidden. Only its owner and the moderators see it." in text
    assert "It looks dangerous." in text
    assert '<span class="badge">Hidden</span>' in owner_client.get("/").content.decode()


def test_the_note_is_answered(hidden: Image, owner_client: Client) -> None:
    assert send(owner_client, hidden, "It is a toy.").status_code == 302
    text = page(owner_client, hidden)
    assert "It is a toy." in text
    assert "Nobody has answered yet." in text
    moderate(hidden, "restore", note="Sorry, it is one.")
    answered = page(owner_client, hidden)
    assert "The picture is shown again." in answered
    assert "Sorry, it is one." in answered


def test_both_notes_are_shown_once(hidden: Image, owner_client: Client) -> None:
    send(owner_client, hidden, "It is a toy.")
    moderate(hidden, "reject", note="It can hurt people.")
    text = page(owner_client, hidden)
    assert "The picture stays hidden." in text
    assert text.count("It looks dangerous.") == text.count("It can hurt people.") == 1
    moderate(hidden, "restore")
    text = page(owner_client, hidden)
    assert text.count("It looks dangerous.") == text.count("It can hurt people.") == 1


def test_one_note_for_each_decision(hidden: Image, owner_client: Client) -> None:
    send(owner_client, hidden, "It is a toy.")
    assert send(owner_client, hidden, "Really.").status_code == 409
    moderate(hidden, "reject")
    assert send(owner_client, hidden, "Really.").status_code == 302
    assert ModerationAppeal.objects.count() == 2


@pytest.mark.parametrize("text", ["", "   ", "x" * 1001])
def test_a_bad_note_is_an_error_in_the_form(hidden: Image, owner_client: Client, text: str) -> None:
    response = send(owner_client, hidden, text)
    assert response.status_code == 400
    assert 'id="appeal-error"' in response.content.decode()
    assert not ModerationAppeal.objects.exists()


def test_only_the_owner_writes(
    hidden: Image, stranger_client: Client, curator_client: Client
) -> None:
    for client in (stranger_client, curator_client):
        assert send(client, hidden, "Please.").status_code == 404


def test_a_visible_picture_has_no_note(owner: User, owner_client: Client) -> None:
    image = make_image(owner)
    assert "/appeal/" not in page(owner_client, image)
    assert send(owner_client, image, "Why?").status_code == 409


def test_a_blocked_picture_is_gone_for_its_owner(owner: User, owner_client: Client) -> None:
    image = moderate(make_image(owner), "block")
    assert owner_client.get(f"/pictures/{image.pk}/").status_code == 404
    assert owner_client.post(f"/pictures/{image.pk}/delete/").status_code == 404
    assert Image.objects.filter(pk=image.pk).exists()


def test_signed_addresses_end_when_a_picture_is_hidden(owner: User, client: Client) -> None:
    image = make_image(owner)
    path = storage.preview_path(image.pk, "small")
    path.parent.mkdir(parents=True)
    path.write_bytes(b"preview")
    address = FileSigner(owner, 60).sign(f"/files/{image.pk}/small.webp", image, "small")
    assert client.get(address).getvalue() == b"preview"
    moderate(image, "reject")
    assert client.get(address).status_code == 404
    headers = by_token(make_token(owner))
    assert client.get(f"/files/{image.pk}/small.webp", headers=headers).getvalue() == b"preview"


def test_the_upload_results_say_held(owner: User, owner_client: Client) -> None:
    image = moderate(make_image(owner), "reject")
    [progress] = owner_client.get("/upload/status/", {"ids": str(image.pk)}).json()["images"]
    assert progress["label"] == "hidden"
