"""Phrases that must occur in a picture's words, and words that must not."""

from __future__ import annotations

import numpy as np
import pytest
from django.contrib.auth.models import User

from gallery.core.query_kind import QueryKind
from gallery.models import Image
from gallery.search.lexical import with_words
from gallery.vectorindex.neighbours import nearest
from tests.builders import make_embedding, make_image, make_space, unit_vector

pytestmark = pytest.mark.django_db


SUPERUSER = User(username="root", is_superuser=True)


def matches(*, phrases: tuple[str, ...] = (), excluded: tuple[str, ...] = ()) -> bool:
    return with_words(
        Image.objects.all(), user=SUPERUSER, phrases=phrases, excluded=excluded
    ).exists()


@pytest.fixture(autouse=True)
def image() -> Image:
    return make_image(
        title="Two dogs at the Café",
        caption="海边有一只狗",
        file_name="IMG_2041-beach.jpg",
        camera="FUJIFILM X100V",
        metadata={"category": "wet shoes"},
    )


@pytest.mark.parametrize(
    "phrase",
    ["two dogs", "CAFE", "at the", "有一只", "2041-beach", "x100v", "wet shoes", "???", "", "狗"],
)
def test_a_phrase_that_occurs_is_met(phrase: str) -> None:
    assert matches(phrases=(phrase,))


@pytest.mark.parametrize(
    "phrase", ["dogs two", "two dog", "the café beach", "一只有", "猫", "shoes wet"]
)
def test_another_phrase_is_not_met(phrase: str) -> None:
    assert not matches(phrases=(phrase,))


@pytest.mark.parametrize("word", ["dog", "dogs", "cafe", "一只狗", "shoe", "two dogs", "the"])
def test_an_excluded_word_excludes(word: str) -> None:
    assert not matches(excluded=(word,))


@pytest.mark.parametrize("word", ["cat", "猫", "dogs two", "...", "dogma", "只有"])
def test_other_excluded_words_change_nothing(word: str) -> None:
    assert matches(excluded=(word,))


def test_all_conditions_have_to_be_met() -> None:
    assert matches(phrases=("two dogs", "wet shoes"), excluded=("cat",))
    assert not matches(phrases=("two dogs", "dry shoes"))
    assert not matches(phrases=("two dogs",), excluded=("cat", "beach"))


def test_the_conditions_apply_to_a_search_by_meaning(image: Image) -> None:
    space, other = make_space(), make_image(title="A cat")
    for row in (image, other):
        make_embedding(row, space, np.asarray(unit_vector(0)))
    within = with_words(Image.objects.all(), user=SUPERUSER, phrases=("dogs",), excluded=("cat",))
    rows = nearest(space, unit_vector(0), within=within, limit=9, kind=QueryKind.TEXT)
    assert [row.image_id for row in rows] == [image.pk]
