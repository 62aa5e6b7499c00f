from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User

from gallery.models import Image, Visibility
from tests.builders import make_image, make_moderator, moderate

pytestmark = pytest.mark.django_db


@pytest.fixture
def one_image_per_visibility(owner: User) -> None:
    for visibility in Visibility:
        make_image(owner, visibility=visibility)


def seen_by(user: User | AnonymousUser) -> set[str]:
    return set(Image.objects.visible_to(user).values_list("visibility", flat=True))


def test_anonymous_users_see_public_images_only(
    one_image_per_visibility: None, anonymous: AnonymousUser
) -> None:
    assert seen_by(anonymous) == {"public"}


def test_members_do_not_see_others_private_images(
    one_image_per_visibility: None, stranger: User
) -> None:
    assert seen_by(stranger) == {"public", "members"}


def test_owners_see_their_own_private_images(one_image_per_visibility: None, owner: User) -> None:
    assert seen_by(owner) == {"public", "members", "private"}


def test_superusers_see_everything(one_image_per_visibility: None, curator: User) -> None:
    assert seen_by(curator) == {"public", "members", "private"}


def test_a_closed_site_shows_anonymous_users_nothing(
    one_image_per_visibility: None, anonymous: AnonymousUser, gallery_setting: Any
) -> None:
    gallery_setting(anonymous_access=False)
    assert seen_by(anonymous) == set()


def test_only_owners_and_superusers_may_change(
    one_image_per_visibility: None,
    owner: User,
    stranger: User,
    curator: User,
    anonymous: AnonymousUser,
) -> None:
    people = (owner, stranger, curator, anonymous)
    assert [Image.objects.changeable_by(user).count() for user in people] == [3, 0, 3, 0]
    image = Image.objects.first()
    assert image
    assert [image.is_changeable_by(user) for user in people] == [True, False, True, False]


def test_moderation_hides_from_all_but_owner_and_moderators(
    owner: User, stranger: User, curator: User, anonymous: AnonymousUser
) -> None:
    for action in ("reject", "block"):
        moderate(make_image(owner), action)
    people = (owner, stranger, curator, anonymous, make_moderator())
    states = [
        sorted(Image.objects.visible_to(person).values_list("moderation", flat=True))
        for person in people
    ]
    assert states == [["hidden"], [], ["blocked", "hidden"], [], ["blocked", "hidden"]]
    changeable = [Image.objects.changeable_by(person).count() for person in people]
    assert changeable == [1, 0, 2, 0, 0]


def test_moderators_do_not_see_visible_private_images(owner: User) -> None:
    image, moderator = make_image(owner, visibility=Visibility.PRIVATE), make_moderator()
    assert not Image.objects.visible_to(moderator).exists()
    moderate(image, "reject")
    assert Image.objects.visible_to(moderator).exists()
