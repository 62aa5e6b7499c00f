"""One tag for many pictures."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from gallery.core.errors import NotFound, TooManyTags
from gallery.curation.tags import decide, limits
from gallery.models import Image, ImageTag, Tag
from tests.builders import make_image, make_tag, tag_image

pytestmark = pytest.mark.django_db


def test_pictures_that_have_the_tag_are_not_counted(owner: User) -> None:
    tag, tagged = make_tag("beach"), make_image(owner)
    tag_image(tagged, tag)
    image = make_image(owner)
    assert decide.give(Image.objects.all(), tag, user=owner) == {None: [image.pk]}
    assert ImageTag.objects.approved().filter(tag=tag).count() == 2


def test_a_deleted_tag_is_not_given(owner: User) -> None:
    make_image(owner)
    tag = make_tag("beach")
    Tag.objects.all().delete()
    with pytest.raises(NotFound):
        decide.give(Image.objects.all(), tag, user=owner)


def test_no_picture_gets_too_many_tags(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_PER_IMAGE", 1)
    full, tag = make_image(owner), make_tag("beach")
    make_image(owner)
    tag_image(full, make_tag("cat"))
    with pytest.raises(TooManyTags):
        decide.give(Image.objects.all(), tag, user=owner)
    assert not ImageTag.objects.filter(tag=tag).exists()


def test_a_full_picture_keeps_its_tag(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_PER_IMAGE", 1)
    full, tag = make_image(owner), make_tag("beach")
    tag_image(full, tag)
    assert decide.give(Image.objects.all(), tag, user=owner) == {}
