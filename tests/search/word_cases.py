"""200 texts that name one picture of a generated gallery: a title, a file name or a phrase."""

from __future__ import annotations

import itertools
import random
import re
from dataclasses import dataclass
from typing import Literal

from gallery.models import Image
from tests.builders import make_image

_THINGS = (
    "Café terraces", "Children's bicycles", "Crème brûlées", "The boxes", "Naïve paintings",
    "O'Brien's dogs", "“Quoted” doors", "Who is it?", "Ångström & co.", "The Who",
    "黄奶奶的生日", "海边的狗", "日本の海", "カメラ", "한국어 수업", "生日party", "Łódź trams",
    "Party 🎂🎉", "C++ (draft)", "100% cotton", "Straße", "東京タワー", "running shoes", "is!",
)  # fmt: skip
_PLACES = ("in Zürich", "at the beach", "in 北京", "am Fluß", "", "under water", "在山上", "🌊")
_CAPTIONS = (
    "It shows {0}, taken by number {1} of the crew; a dog runs past the trees.",
    "{0}: a rainy day No. {1}, seen from the children’s room",
    "照片{1}号，{0}，旁边有一棵棕榈树。",
    "Seen on \"day {1}\" with friends & family. {0}",
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    kind: Literal["title", "file name", "phrase"]
    text: str
    image: Image


def make_cases(count: int = 200) -> list[Case]:
    """One picture for each case, so that every text has ``count - 1`` other pictures."""
    chance = random.Random(0)
    names = itertools.product(_THINGS, _PLACES, range(1950, 2030, 7))
    chosen = chance.sample([f"{thing} {place} {year}" for thing, place, year in names], count)
    return [_case(index, title, chance) for index, title in enumerate(chosen)]


def _case(index: int, title: str, chance: random.Random) -> Case:
    caption = chance.choice(_CAPTIONS).format(chance.choice(_THINGS), 1000 + index)
    place = chance.choice(_PLACES[:4]).title().replace(" ", "")
    file_name = f"{chance.choice(('IMG', 'DSC', 'été', '相片'))}_{2000 + index}-{place}.JPG"
    image = make_image(title=title, caption=caption, file_name=file_name)
    texts = (
        title,
        chance.choice((file_name, file_name.removesuffix(".JPG"))),
        _part(caption, index),
    )
    kind, text = list(zip(("title", "file name", "phrase"), texts, strict=True))[index % 3]
    change = chance.choice((str.lower, str.upper, str.strip, lambda text: f' "{text}"  '))
    return Case(kind, change(text), image)  # type: ignore[arg-type]


def _part(caption: str, index: int) -> str:
    """The part of the caption around the number that no other caption has."""
    match = re.search(rf"(\S+ )?\S*{1000 + index}\S*( \S+)?", caption)
    assert match
    return match[0]
