"""Uploads of people whose pictures are reviewed before others see them."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group, User

from gallery.core.errors import DuplicateImage
from gallery.ingest.accept import accept
from gallery.models import Image, UploadReview
from tests.builders import moderate
from tests.scenes import photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def new_people(owner: User) -> Group:
    group = Group.objects.create(name="new people")
    UploadReview.objects.create(group=group, holds_uploads=True)
    owner.groups.add(group)
    return group


def test_uploads_of_a_group_are_held(owner: User, stranger: User, new_people: Group) -> None:
    image = accept([photo()], owner=owner).image
    assert image.moderation == "held"
    assert list(Image.objects.visible_to(owner)) == [image]
    assert list(Image.objects.visible_to(stranger)) == []
    assert accept([photo()], owner=stranger).image.moderation == "visible"


def test_a_group_can_upload_without_review(owner: User, new_people: Group) -> None:
    UploadReview.objects.update(holds_uploads=False)
    assert accept([photo()], owner=owner).image.moderation == "visible"


def test_an_approved_upload_is_shown(owner: User, stranger: User, new_people: Group) -> None:
    image = moderate(accept([photo()], owner=owner).image, "approve")
    assert list(Image.objects.visible_to(stranger)) == [image]


def test_uploads_of_visitors_are_held_if_set(gallery_setting: Any) -> None:
    gallery_setting(hold_anonymous_uploads=True)
    assert accept([photo()], owner=None).image.moderation == "held"


def test_a_second_visitor_learns_nothing(gallery_setting: Any) -> None:
    gallery_setting(hold_anonymous_uploads=True)
    image = accept([photo()], owner=None).image
    with pytest.raises(DuplicateImage) as raised:
        accept([photo()], owner=None)
    assert str(image.pk) not in f"{raised.value.message} {raised.value.data}"
