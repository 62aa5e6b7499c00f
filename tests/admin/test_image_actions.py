from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.media import storage
from gallery.models import Image
from tests.builders import make_embedding, make_image, make_space, unit_vector

LIST = "/admin/gallery/image/"


def act(client: Client, action: str, images: list[Image], **extra: str) -> str:
    """The words the action leaves behind."""
    chosen = {"action": action, "_selected_action": [str(image.pk) for image in images], **extra}
    response = client.post(LIST, chosen, follow=True)
    assert response.status_code == 200
    return " ".join(str(message) for message in response.context["messages"])


def states() -> list[str]:
    return sorted(Image.objects.values_list("state", flat=True))


def test_failed_pictures_are_tried_again(curator_client: Client, owner: User) -> None:
    images = [make_image(owner, state=state) for state in ("failed", "quarantined", "ready")]
    assert act(curator_client, "retry", images) == "2 pictures are tried again."
    assert states() == ["ready", "stored", "stored"]


def test_vectors_are_made_anew(curator_client: Client, owner: User) -> None:
    images = [make_image(owner, state=state) for state in ("ready", "failed")]
    assert act(curator_client, "reembed", images) == "1 picture is read again."
    assert states() == ["derived", "failed"]


@pytest.mark.parametrize(
    ("action", "visibility"),
    [("show_to_everyone", "public"), ("show_to_members", "members"), ("hide", "private")],
)
def test_visibility_is_changed(
    curator_client: Client, owner: User, action: str, visibility: str
) -> None:
    images = [make_image(owner, visibility=each) for each in ("public", "members", "private")]
    said = act(curator_client, action, images)
    assert said == "The visibility of 2 pictures was changed."
    assert {image.visibility for image in Image.objects.all()} == {visibility}


def test_an_action_with_nothing_to_do_says_so(curator_client: Client, owner: User) -> None:
    assert act(curator_client, "retry", [make_image(owner)]) == "0 pictures are tried again."


def test_only_the_chosen_pictures_are_touched(curator_client: Client, owner: User) -> None:
    chosen, other = (make_image(owner) for _ in range(2))
    act(curator_client, "hide", [chosen])
    other.refresh_from_db()
    assert other.visibility == "public"


def test_deleting_is_confirmed_and_removes_files_and_vectors(
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
        said = act(curator_client, "delete_selected", images, post="yes")
    assert said == "Successfully deleted 2 pictures."
    assert not Image.objects.exists()
    assert not original.exists()


@pytest.mark.parametrize("action", ["retry", "reembed", "hide", "delete_selected"])
def test_those_who_may_only_look_are_offered_no_action(
    viewer_client: Client, owner: User, action: str
) -> None:
    image = make_image(owner, state="failed")
    assert f'value="{action}"' not in viewer_client.get(LIST).content.decode()
    act(viewer_client, action, [image], post="yes")
    image.refresh_from_db()
    assert (image.state, image.visibility) == ("failed", "public")


def test_hidden_pictures_of_others_are_out_of_reach_of_staff(
    staff_client: Client, owner: User
) -> None:
    image = make_image(owner, visibility="private")
    act(staff_client, "show_to_everyone", [image])
    image.refresh_from_db()
    assert image.visibility == "private"
