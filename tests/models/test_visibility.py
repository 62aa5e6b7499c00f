from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User

from gallery.models import Image, Visibility
from tests.builders import make_image

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
