"""Owners, tags and cameras are filters only where the person sees a picture that has them."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User

from benchmarks.intent.cases import NOW
from gallery.models import Visibility
from gallery.search.intent import NamesVisibleTo, understand
from gallery.search.intent.known_cameras import forget
from tests.builders import make_image, make_tag, tag_image

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_names_of_earlier_tests() -> None:
    forget()


def names_of(person: Any) -> tuple[dict[str, str], dict[str, str], bool]:
    names = NamesVisibleTo(person)
    tags = names.tags(["Beach", "海滩", "unused"])
    return names.owners(["nobody"]), tags, names.has_camera("x100") and not names.has_camera("100v")


def test_names_of_private_pictures_are_no_names(owner: User, stranger: User) -> None:
    image = make_image(owner=owner, visibility=Visibility.PRIVATE, camera="FUJIFILM X100V")
    tag_image(image, make_tag("beach", name_zh="海滩"))
    make_tag("unused")
    username = {owner.username.lower(): owner.username}
    tag_image(image, make_tag("Ｃａｆé"))
    assert NamesVisibleTo(owner).tags(["cafÉ"]) == {"café": "Ｃａｆé"}
    assert NamesVisibleTo(owner).owners([owner.username.upper()]) == username
    assert NamesVisibleTo(stranger).owners([owner.username]) == {}
    assert names_of(owner)[1:] == ({"beach": "beach", "海滩": "海滩"}, True)
    assert names_of(stranger) == names_of(AnonymousUser()) == ({}, {}, False)


def test_many_cameras_are_looked_up_once(owner: User, django_assert_num_queries: Any) -> None:
    for camera in ("FUJIFILM X100V", "Lomo LC-A", "Zorki 4"):
        make_image(owner=owner, camera=camera)
    visitor = NamesVisibleTo(AnonymousUser())
    with django_assert_num_queries(1):
        sentence = "cats taken with a lomo lc-a" + ", taken with xyz" * 20
        read = understand(sentence, now=NOW, names=visitor)
        again = understand("用zorki照的猫", now=NOW, names=visitor)
    parts = [*read.parts, *again.parts]
    assert [part.operator for part in parts] == ['camera:"lomo lc-a"', "camera:zorki"]
