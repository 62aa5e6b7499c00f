"""The chips above the results: each part of a search can be removed by a plain link."""

import uuid

import pytest
from django.http import QueryDict

from gallery.models import Image
from gallery.pages.search.address import SearchAddress
from gallery.pages.search.chips.chip import Chip
from gallery.pages.search.chips.shown_chips import chips_of
from gallery.pages.search.form import SearchForm

KEY = str(uuid.UUID(int=1))
OTHER = str(uuid.UUID(int=2))


def chips(query: str, images: dict[uuid.UUID, Image] | None = None) -> list[Chip]:
    data = QueryDict(query)
    form = SearchForm(data)
    search = form.query()
    assert search
    return chips_of(search, form, address=SearchAddress.of(data), images=images or {}, imports={})


def test_a_text_alone_needs_no_chip() -> None:
    assert chips("q=cat") == []


@pytest.mark.parametrize("name", ["like", "more", "less"])
def test_a_picture_chip_removes_only_itself(name: str) -> None:
    text, first, second = chips(f"q=cat&{name}={KEY}&{name}={OTHER}")
    assert (text.kind, text.text) == ("text", "cat")
    assert first.kind == second.kind == name
    assert str(first.without) == f"/search/?q=cat&{name}={OTHER}"


def test_an_uploaded_picture_has_a_chip() -> None:
    text, picture = chips("q=cat&picture=key")
    assert picture.picture == "key"
    assert str(text.without) == "/search/?picture=key"


def test_a_mode_and_a_minimum_have_chips() -> None:
    _, mode, minimum = chips("q=cat&mode=meaning&min_similarity=0.3")
    assert str(mode.text) == "Meaning only"
    assert minimum.text == "similarity from 0.30"
    assert str(mode.without) == "/search/?q=cat&min_similarity=0.3"


def test_words_alone_have_no_minimum() -> None:
    _, mode = chips("q=cat&mode=words&min_similarity=0.99")
    assert str(mode.text) == "Words only"


@pytest.mark.parametrize("name", ["q=cat", f"more={OTHER}", f"like={OTHER}", "picture=key"])
def test_dislikes_end_with_the_search(name: str) -> None:
    first, *_ = chips(f"{name}&order=newest&less={KEY}")
    assert str(first.without) == "/search/?order=newest"


def test_dislikes_stay_with_another_part() -> None:
    text, _like, _less = chips(f"q=cat&like={OTHER}&less={KEY}")
    assert str(text.without) == f"/search/?like={OTHER}&less={KEY}"


def test_removing_a_part_returns_to_the_first_page() -> None:
    [_, picture] = chips(f"q=cat&like={KEY}&cursor=x")
    assert str(picture.without) == "/search/?q=cat"


def test_chips_name_only_images_they_are_given() -> None:
    image = Image(id=uuid.UUID(KEY), title="mine")
    named = chips(f"like={KEY}&like={OTHER}", {image.pk: image})
    assert [chip.image for chip in named] == [image, None]


def test_excluded_words_belong_to_the_text() -> None:
    text, _ = chips('q=boat -dog -"old man" is:landscape')
    assert (text.text, text.excluded) == ("boat", "dog, old man")
    assert str(text.without) == "/search/?q=is%3Alandscape"


def test_every_operator_has_a_chip() -> None:
    text, owner, shape = chips("q=red owner:ann boat is:landscape&mode=all")
    assert (text.text, owner.source, shape.source) == ("red boat", "owner:ann", "is:landscape")
    assert str(owner.without) == "/search/?q=red+boat+is%3Alandscape&mode=all"
    assert str(text.without) == "/search/?q=owner%3Aann+is%3Alandscape&mode=all"
