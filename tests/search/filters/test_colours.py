from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from gallery.core.errors import InvalidInput
from gallery.media.lab import lab_of
from gallery.search.filters import Colour, ImageFilter
from gallery.search.filters.colours import NAMED, colour_of
from tests.builders import make_image
from tests.search.filters.titles import titles


def make_coloured(colour: str) -> None:
    lightness, green_red, blue_yellow = lab_of(colour)
    make_image(title=colour, lightness=lightness, green_red=green_red, blue_yellow=blue_yellow)


@pytest.fixture
def colours(db: None) -> None:
    for colour in ("#cc2222", "#2c72eb", "#f8dd3e", "#202020"):
        make_coloured(colour)
    make_image(title="not processed")


@pytest.mark.parametrize(
    ("name", "colour"),
    [
        ("red", "#cc2222"),
        ("红色", "#cc2222"),
        ("Blue", "#2c72eb"),
        ("蓝", "#2c72eb"),
        ("yellow", "#f8dd3e"),
        ("black", "#202020"),
        ("#C01515", "#cc2222"),
    ],
)
def test_names_and_codes_find_similar_colours(
    colours: None, owner: User, name: str, colour: str
) -> None:
    assert titles(owner, colour=colour_of(name)) == {colour}


def test_the_tolerance_widens_the_circle(colours: None, owner: User) -> None:
    assert titles(owner, colour=Colour(samples=("#c01515",), tolerance=1)) == set()
    assert len(titles(owner, colour=Colour(samples=("#c01515",), tolerance=300))) == 4


def test_excluding_a_colour_keeps_unprocessed_images(colours: None, owner: User) -> None:
    excluded = ImageFilter(colour=Colour(samples=("#808080",), tolerance=300))
    assert titles(owner, excluded=(excluded,)) == {"not processed"}


@pytest.mark.parametrize("text", ["", "redish", "#ff88", "#gg0000", "ff8800", "\0", "#1234567"])
def test_an_unknown_colour_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        colour_of(text)
    assert caught.value.data["field"] == "colour"


@pytest.mark.parametrize("tolerance", [-1, float("nan"), 301])
def test_an_impossible_tolerance_is_refused(tolerance: float) -> None:
    with pytest.raises(InvalidInput):
        colour_of("red", tolerance=tolerance)


def test_each_name_includes_its_samples(owner: User) -> None:
    for sample in NAMED["green"]:
        make_coloured(sample)
    assert titles(owner, colour=colour_of("green")) == set(NAMED["green"])
