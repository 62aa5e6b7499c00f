from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.media import storage
from gallery.models import Image, ImageTag, Tag, TagState
from tests.builders import (
    make_embedding,
    make_image,
    make_space,
    make_tag,
    tag_image,
    unit_vector,
)

LIST = "/admin/gallery/image/"


def act(client: Client, action: str, images: list[Image], **extra: str) -> str:
    """Run an admin action and return its message."""
    chosen = {"action": action, "_selected_action": [str(image.pk) for image in images], **extra}
    response = client.post(LIST, chosen, follow=True)
    assert response.status_code == 200
    return " ".join(str(message) for message in response.context["messages"])


def states() -> list[str]:
    return sorted(Image.objects.values_list("state", flat=True))


def test_failed_pictures_are_retried(curator_client: Client, owner: User) -> None:
    images = [make_image(owner, state=state) for state in ("failed", "quarantined", "ready")]
    assert act(curator_client, "retry", images) == "Retrying 2 pictures."
    assert states() == ["ready", "stored", "stored"]


def test_vectors_are_recomputed(curator_client: Client, owner: User) -> None:
    images = [make_image(owner, state=state) for state in ("ready", "failed")]
    assert act(curator_client, "reembed", images) == "Recomputing the vector of 1 picture."
    assert states() == ["derived", "failed"]


@pytest.mark.parametrize(
    ("action", "visibility"),
    [("show_to_everyone", "public"), ("show_to_members", "members"), ("hide", "private")],
)
def test_visibility_is_changed(
    curator_client: Client, owner: User, action: str, visibility: str
) -> None:
    images = [make_image(owner, visibility=each) for each in ("public", "members", "private")]
    message = act(curator_client, action, images)
    assert message == "Changed the visibility of 2 pictures."
    assert {image.visibility for image in Image.objects.all()} == {visibility}


def test_an_action_reports_zero_changes(curator_client: Client, owner: User) -> None:
    assert act(curator_client, "retry", [make_image(owner)]) == "Retrying 0 pictures."


def test_only_the_chosen_pictures_are_touched(curator_client: Client, owner: User) -> None:
    chosen, other = (make_image(owner) for _ in range(2))
    act(curator_client, "hide", [chosen])
    other.refresh_from_db()
    assert other.visibility == "public"


def test_deleting_asks_first_and_removes_the_files(
    curator_client: Client, owner: User, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    images = [make_image(owner, title=f"Boat {number}") for number in range(2)]
    make_embedding(images[0], make_space(), unit_vector(1))
    original = storage.original_path(images[0])
    original.parent.mkdir(parents=True)
    original.write_bytes(b"bytes")
    chosen = {"action": "delete_selected", "_selected_action": [str(image.pk) for image in images]}
    assert "Boat 1" in curator_client.post(LIST, chosen).content.decode()
    assert Image.objects.count() == 2
    with django_capture_on_commit_callbacks(execute=True):
        message = act(curator_client, "delete_selected", images, post="yes")
    assert message == "Successfully deleted 2 pictures."
    assert not Image.objects.exists()
    assert not original.exists()


@pytest.mark.parametrize("action", ["retry", "reembed", "hide", "add_tag", "delete_selected"])
def test_viewers_have_no_actions(viewer_client: Client, owner: User, action: str) -> None:
    image = make_image(owner, state="failed")
    assert f'value="{action}"' not in viewer_client.get(LIST).content.decode()
    act(viewer_client, action, [image], post="yes", confirmed="yes", name="x")
    image.refresh_from_db()
    assert (image.state, image.visibility, image.tag_names) == ("failed", "public", "")


def test_staff_cannot_change_private_pictures_of_others(staff_client: Client, owner: User) -> None:
    image = make_image(owner, visibility="private")
    act(staff_client, "show_to_everyone", [image])
    image.refresh_from_db()
    assert image.visibility == "private"


def test_a_tag_is_added_after_a_question(
    curator_client: Client, curator: User, owner: User
) -> None:
    tagged, rejected, other = (make_image(owner) for _ in range(3))
    beach = make_tag("beach", name_zh="海滩")
    tag_image(tagged, beach)
    tag_image(rejected, beach, state=TagState.REJECTED)
    chosen = {"action": "add_tag", "_selected_action": [tagged.pk, rejected.pk]}
    page = curator_client.post(LIST, chosen).content.decode()
    assert "2 pictures are selected." in page
    assert '<option value="beach">' in page
    message = act(curator_client, "add_tag", [tagged, rejected], confirmed="yes", name=" 海滩 ")
    assert message == "1 picture has the tag “beach” now."
    rows = ImageTag.objects.filter(state=TagState.APPROVED)
    assert {row.image_id: row.decided_by for row in rows} == {
        tagged.pk: None, rejected.pk: curator,
    }  # fmt: skip
    act(curator_client, "add_tag", [tagged, other], confirmed="yes", name="to print")
    new = Tag.objects.get(name="to print")
    assert (new.created_by, new.is_suggested, new.image_tags.count()) == (curator, False, 2)


def test_a_wrong_name_is_asked_for_again(curator_client: Client, owner: User) -> None:
    image = make_image(owner)
    chosen = {"action": "add_tag", "_selected_action": [image.pk], "confirmed": "yes"}
    page = curator_client.post(LIST, {**chosen, "name": "a\u0007"}).content.decode()
    assert "A tag may not have control characters or invisible ones." in page
    assert f'name="_selected_action" value="{image.pk}"' in page
    assert not Tag.objects.exists()
