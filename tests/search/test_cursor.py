from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from gallery.models import Image
from gallery.search.cursor import Cursor, ImagePage, ListOrder, page_at
from tests.builders import make_image

MOMENT = datetime(2026, 5, 4, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def images(db: None) -> list[Image]:
    """Five images, newest first; the second and the third have the same upload time."""
    ages = [0, 1, 1, 2, 3]
    rows = [make_image(created_at=MOMENT - timedelta(seconds=age)) for age in ages]
    return sorted(rows, key=lambda image: (image.created_at, image.pk), reverse=True)


def page(cursor: Cursor | None = None, size: int = 2) -> ImagePage:
    order = cursor.order if cursor else ListOrder.NEWEST
    return page_at(cursor, Image.objects.all(), size=size, order=order)


@pytest.mark.parametrize("previous", [False, True])
@pytest.mark.parametrize("year", [1, 1969, 9999])
def test_a_cursor_survives_its_text(previous: bool, year: int) -> None:
    moment = MOMENT.replace(year=year)
    cursor = Cursor(ListOrder.OLDEST, moment, uuid.uuid4(), previous=previous)
    assert Cursor.parse(str(cursor), ListOrder.OLDEST) == cursor


def test_a_cursor_belongs_to_its_order() -> None:
    cursor = Cursor(ListOrder.OLDEST, MOMENT, uuid.uuid4())
    with pytest.raises(ValueError, match="not valid"):
        Cursor.parse(str(cursor), ListOrder.NEWEST)


@pytest.mark.parametrize(
    "text",
    ["", "x", "1-2", "-", f"newest-{'9' * 18}-{'0' * 32}", f"newest-old-1-{'0' * 32}", "cD0yMDI2"],
)
def test_invalid_text_raises_value_error(text: str) -> None:
    with pytest.raises(ValueError, match="not valid"):
        Cursor.parse(text, ListOrder.NEWEST)


def test_next_leads_through_all_images(images: list[Image]) -> None:
    first = page()
    second = page(first.next)
    third = page(second.next)
    assert [*first.images, *second.images, *third.images] == images
    assert third.next is None


@pytest.mark.parametrize("order", ListOrder)
def test_previous_leads_back_in_each_order(images: list[Image], order: ListOrder) -> None:
    Image.objects.filter(pk=images[0].pk).update(taken_at=MOMENT - timedelta(days=9))
    every = Image.objects.all()
    first = page_at(None, every, size=2, order=order)
    second = page_at(first.next, every, size=2, order=order)
    third = page_at(second.next, every, size=2, order=order)
    assert {image.pk for shown in (first, second, third) for image in shown.images} == {
        image.pk for image in images
    }
    assert page_at(third.previous, every, size=2, order=order).images == second.images
    assert page_at(second.previous, every, size=2, order=order).images == first.images


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
