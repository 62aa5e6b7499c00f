from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from gallery.models import Image
from gallery.search.cursor import Cursor, ImagePage, page_at
from tests.builders import make_image

MOMENT = datetime(2026, 5, 4, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def images(db: None) -> list[Image]:
    """Five images, newest first; the second and the third have the same upload time."""
    ages = [0, 1, 1, 2, 3]
    rows = [make_image(created_at=MOMENT - timedelta(seconds=age)) for age in ages]
    return sorted(rows, key=lambda image: (image.created_at, image.pk), reverse=True)


def page(cursor: Cursor | None = None, size: int = 2) -> ImagePage:
    return page_at(cursor, Image.objects.all(), size=size)


@pytest.mark.parametrize("newer", [False, True])
def test_a_cursor_survives_its_text(newer: bool) -> None:
    cursor = Cursor(MOMENT, uuid.uuid4(), newer=newer)
    assert Cursor.parse(str(cursor)) == cursor


@pytest.mark.parametrize(
    "text", ["", "x", "1-2", "-", "9" * 18 + "-" + "0" * 32, "older-1-" + "0" * 32, "cD0yMDI2"]
)
def test_invalid_text_raises_value_error(text: str) -> None:
    with pytest.raises(ValueError, match="not valid"):
        Cursor.parse(text)


def test_next_leads_through_all_images(images: list[Image]) -> None:
    first = page()
    second = page(first.next)
    third = page(second.next)
    assert [*first.images, *second.images, *third.images] == images
    assert third.next is None


def test_previous_leads_back_to_the_start(images: list[Image]) -> None:
    second = page(page().next)
    third = page(second.next)
    assert page(third.previous).images == second.images
    assert page(second.previous).images == images[:2]
    assert page(second.previous).previous is None


def test_the_first_page_has_no_previous(images: list[Image]) -> None:
    assert page().previous is None


def test_new_images_appear_before_the_first_page(images: list[Image]) -> None:
    following = page(page().next)
    new = make_image(created_at=MOMENT + timedelta(seconds=1))
    back = page(following.previous)
    assert back.images == images[:2]
    assert page(back.previous).images == [new]


def test_an_empty_page_has_no_cursors(db: None) -> None:
    assert page() == ImagePage([], next=None, previous=None)
