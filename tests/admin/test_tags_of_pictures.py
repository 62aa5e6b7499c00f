"""The list of tags of pictures in the admin, where many suggestions are decided."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from gallery.models import ImageTag, Tag, TagSource, TagState
from tests.builders import make_image, make_tag, make_user, tag_image

pytestmark = pytest.mark.django_db

LIST = "/admin/gallery/imagetag/"


@pytest.fixture
def rows(owner: User) -> list[ImageTag]:
    """Suggestions of dogs, the best first; the last one is for a private picture."""
    dog = make_tag("dog", name_zh="狗")
    suggested = {"state": TagState.SUGGESTED, "source": TagSource.ZERO_SHOT}
    images = [make_image(owner, title=f"dog {n}") for n in range(2)]
    images.append(make_image(owner, title="secret", visibility="private"))
    return [tag_image(image, dog, score=0.5 - n / 10, **suggested)
            for n, image in enumerate(images)]  # fmt: skip


def client_with(*permissions: str) -> Client:
    user = make_user("staff", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


def act(client: Client, action: str, rows: list[ImageTag]) -> str:
    chosen = {"action": action, "_selected_action": [row.pk for row in rows]}
    response = client.post(LIST, chosen, follow=True)
    assert response.status_code == 200
    return " ".join(str(message) for message in response.context["messages"])


def states(rows: list[ImageTag]) -> list[str]:
    return [ImageTag.objects.get(pk=row.pk).state for row in rows]


def test_the_best_suggestions_are_listed_first(
    curator_client: Client, rows: list[ImageTag]
) -> None:
    tag_image(make_image(title="no dog"), rows[0].tag, state=TagState.REJECTED)
    page = curator_client.get(LIST, {"state__exact": "suggested", "tag": str(rows[0].tag_id)})
    assert list(page.context["cl"].result_list) == rows
    assert "dog (3)" in page.content.decode()


@pytest.mark.parametrize(
    ("action", "state", "message"),
    [
        ("approve", "approved", "Approved 2 suggestions."),
        ("reject", "rejected", "Rejected 2 suggestions."),
    ],
)
def test_chosen_suggestions_are_decided(
    curator_client: Client, curator: User, rows: list[ImageTag], action: str, state: str,
    message: str,
) -> None:  # fmt: skip
    assert act(curator_client, action, rows[:2]) == message
    assert states(rows) == [state, state, "suggested"]
    assert ImageTag.objects.filter(decided_by=curator).count() == 2


def test_decisions_are_not_decided_again(curator_client: Client, rows: list[ImageTag]) -> None:
    act(curator_client, "reject", rows[:1])
    assert act(curator_client, "approve", rows[:1]) == "Approved 0 suggestions."
    assert states(rows[:1]) == ["rejected"]


def test_staff_decide_about_pictures_they_see(rows: list[ImageTag]) -> None:
    client = client_with("view_imagetag", "change_imagetag")
    assert "secret" not in client.get(LIST).content.decode()
    assert act(client, "approve", rows) == "Approved 2 suggestions."
    assert states(rows) == ["approved", "approved", "suggested"]


def test_viewers_decide_nothing(rows: list[ImageTag]) -> None:
    client = client_with("view_imagetag")
    act(client, "approve", rows)
    assert states(rows) == ["suggested"] * 3
    assert client.get(f"{LIST}{rows[0].pk}/change/").status_code == 200
    assert client.post(f"{LIST}{rows[0].pk}/change/", {"state": "approved"}).status_code == 403


@pytest.mark.parametrize("value", ["x", "9" * 30])
def test_an_unknown_tag_is_no_filter(curator_client: Client, value: str) -> None:
    response = curator_client.get(LIST, {"tag": value}, follow=True)
    assert response.redirect_chain == [(f"{LIST}?e=1", 302)]
    assert not Tag.objects.exists()
