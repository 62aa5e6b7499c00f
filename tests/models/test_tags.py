"""The approved tags of an image, in the columns that searches read."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from gallery.models import (
    Image,
    ImageTag,
    ModerationDecision,
    ModerationRule,
    Tag,
    TagState,
)
from tests.builders import make_image, make_tag, tag_image

pytestmark = pytest.mark.django_db


def names(image: Image) -> list[str]:
    image.refresh_from_db()
    return image.tag_names.splitlines()


@pytest.fixture
def image() -> Image:
    return make_image()


@pytest.fixture
def beach() -> Tag:
    return make_tag("beach", name_zh="海滩")


def test_only_approved_tags_are_names_of_the_image(image: Image, beach: Tag) -> None:
    tag_image(image, make_tag("dog"), state=TagState.SUGGESTED)
    tag_image(image, make_tag("car"), state=TagState.REJECTED)
    tag_image(image, beach)
    assert names(image) == ["beach", "海滩"]
    assert image.tag_ids == [beach.pk]


def test_an_approval_adds_the_name(image: Image, beach: Tag) -> None:
    row = tag_image(image, beach, state=TagState.SUGGESTED)
    assert names(image) == []
    ImageTag.objects.filter(pk=row.pk).update(state=TagState.APPROVED)
    assert names(image) == ["beach", "海滩"]


@pytest.mark.parametrize("end", ["reject", "remove", "delete the tag"])
def test_the_name_ends_with_the_approval(image: Image, beach: Tag, end: str) -> None:
    row = tag_image(image, beach)
    match end:
        case "reject":
            ImageTag.objects.filter(pk=row.pk).update(state=TagState.REJECTED)
        case "remove":
            row.delete()
        case "delete the tag":
            beach.delete()
    assert names(image) == []


def test_a_renamed_tag_renames_all_images(image: Image, beach: Tag) -> None:
    other = make_image()
    for each in (image, other):
        tag_image(each, beach)
    Tag.objects.filter(pk=beach.pk).update(name="strand")
    assert names(image) == names(other) == ["strand", "海滩"]


def test_a_suggestion_does_not_change_the_image(image: Image, beach: Tag) -> None:
    image.refresh_from_db()
    before = image.updated_at
    tag_image(image, beach, state=TagState.SUGGESTED)
    image.refresh_from_db()
    assert image.updated_at == before


def test_an_image_with_tags_can_be_deleted(image: Image, beach: Tag) -> None:
    tag_image(image, beach)
    Image.objects.filter(pk=image.pk).delete()
    assert not ImageTag.objects.exists()


def test_names_differ_in_more_than_case(beach: Tag) -> None:
    with pytest.raises(IntegrityError):
        make_tag("Beach")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("named_by", ["rule", "decision"])
def test_tags_of_moderation_outlive_their_pictures(image: Image, named_by: str) -> None:
    tag = make_tag("dog", is_suggested=False)
    if named_by == "rule":
        ModerationRule.objects.create(tag=tag)
    else:
        states = {"before": "visible", "after": "held"}
        rule = {"source": "rule", "action": "hold", "tag": tag}
        ModerationDecision.objects.create(image=make_image(), **rule, **states)
    tag_image(image, tag)
    Image.objects.filter(pk=image.pk).delete()
    assert list(Tag.objects.all()) == [tag]


def test_a_tag_without_pictures_is_deleted(image: Image) -> None:
    tag_image(image, make_tag("dog", is_suggested=False))
    Image.objects.filter(pk=image.pk).delete()
    assert not Tag.objects.exists()
