"""Keywords in files become tags of the pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command

from gallery.curation.tags import decide, vocabulary
from gallery.ingest.facts import reread
from gallery.models import Image, ImageTag, Tag, TagSource, TagState
from tests.builders import make_tag, make_user
from tests.keywords import heic_with_xmp, jpeg_with_iptc, with_xmp

pytestmark = pytest.mark.django_db(transaction=True)

Make = Callable[..., Image]


def names(image: Image) -> list[str]:
    image.refresh_from_db()
    return [name for name in image.tag_names.splitlines() if name]


def test_keywords_become_tags_of_the_owner(derived: Make) -> None:
    owner = make_user("ann")
    image = derived(with_xmp("Boat", "sunset"), owner=owner)
    assert names(image) == ["Boat", "sunset"]
    rows = ImageTag.objects.filter(image=image)
    assert {(row.source, row.decided_by) for row in rows} == {(TagSource.IMPORT, None)}
    assert set(Tag.objects.values_list("created_by", "is_suggested")) == {(owner.pk, False)}


@pytest.mark.parametrize(
    "data", [heic_with_xmp("Boat", "海滩"), with_xmp("Boat", "海滩", format="AVIF")],
    ids=["heic", "avif"],
)  # fmt: skip
def test_pictures_of_phones_have_keywords(derived: Make, data: bytes) -> None:
    image = derived(data)
    assert (names(image), image.has_dimensions) == (["Boat", "海滩"], True)


def test_a_known_tag_is_used_by_any_name(derived: Make) -> None:
    make_tag("beach", name_zh="海滩")
    assert names(derived(jpeg_with_iptc(b"BEACH"))) == ["beach", "海滩"]
    assert names(derived(with_xmp("海滩"))) == ["beach", "海滩"]
    assert Tag.objects.count() == 1


def test_keywords_are_cleaned_and_bounded(derived: Make) -> None:
    image = derived(with_xmp("Places|Italy|Rome", " red   boat ", "AC/DC", "x" * 61, "| |",
                             "rome", "a\u007fb"))  # fmt: skip
    assert set(names(image)) == {"AC/DC", "red boat", "Rome"}
    many = derived(with_xmp(*(f"tag {number}" for number in range(80))))
    assert len(names(many)) == 50


def test_names_in_private_files_stay_private(derived: Make) -> None:
    ann, bob = make_user("ann"), make_user("bob")
    derived(with_xmp("diagnosis"), owner=ann, visibility="private")
    derived(with_xmp("carnival"), owner=ann)
    seen = {user: set(vocabulary.visible_to(user).values_list("name", flat=True))
            for user in (ann, bob)}  # fmt: skip
    assert seen == {ann: {"diagnosis", "carnival"}, bob: {"carnival"}}


def test_existing_pictures_get_their_keywords(derived: Make) -> None:
    image = derived(with_xmp("boat"))
    ImageTag.objects.all().delete()
    Image.objects.update(facts_version=1)
    reread.run()
    assert names(image) == ["boat"]


@pytest.mark.parametrize("withdrawn", [False, True])
def test_a_removed_tag_stays_removed(derived: Make, withdrawn: bool) -> None:
    image, owner = derived(with_xmp("boat", "sea")), make_user("ann")
    boat = Tag.objects.named("boat").get()
    decide.reject(image, boat, user=owner)
    call_command("readfacts", again=True)
    assert names(image) == ["sea"]
    if withdrawn:
        decide.withdraw(image, boat)
        assert names(image) == ["boat", "sea"]


def test_a_keyword_decides_an_open_suggestion(derived: Make) -> None:
    image = derived(with_xmp("boat"))
    ImageTag.objects.update(state=TagState.SUGGESTED, source=TagSource.ZERO_SHOT, score=0.3)
    call_command("readfacts", again=True)
    assert names(image) == ["boat"]
    assert ImageTag.objects.get().source == TagSource.IMPORT


def test_keywords_can_be_switched_off(derived: Make, gallery_setting: Any) -> None:
    gallery_setting(read_keywords=False)
    assert names(derived(with_xmp("boat"))) == []
    assert not Tag.objects.exists()
