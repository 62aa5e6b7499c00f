"""Pictures with generated titles, captions, file names and cameras, without files and vectors.

The words follow Zipf's law: the most frequent one is in about half of the captions, and most are
in a few only, as in captions that people or models write.
"""

from __future__ import annotations

import datetime
import itertools
import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import connection

_ENGLISH = """
man red woman people street white standing blue beach dog black tree table large sitting
water green small cat snow grass sky near yellow holding boat car house field next road city
flowers mountain running building bird wooden horse night child playing old river bridge
window park sunset train plate wall girl boy umbrella walking forest kitchen lamp garden
chair
"""
_FREQUENT_CHINESE = """
照片 海边 孩子 天空 城市 红色 一只 公园 朋友 生日 山上 花园 火车 汽车 夏天
老人 桥上 夜晚 雪地 猫咪
"""
WORDS, CHINESE = _ENGLISH.split(), _FREQUENT_CHINESE.split()
CAMERAS = (
    "Canon EOS 5D", "Canon EOS R6", "Nikon D750", "FUJIFILM X100V", "Apple iPhone 15 Pro",
    "SONY ILCE-7M3", "Google Pixel 8", "",
)  # fmt: skip
_FUNCTION_WORDS = ("a", "the", "of", "in", "on", "with", "and")
_SYLLABLES = tuple(a + b for a in "bdfgklmnprstvz" for b in "aeiou")
_RARE_WORDS, _RARE_CHINESE = 20_000, 2_000
_CHARACTERS = (
    "春夏秋冬东西南北上中下左右大小高低新旧黄白黑蓝绿金木水火土风云雨雷石田米竹衣车门马鸟鱼虫龙"
)
_PER_COPY = 50_000
_FIRST = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
_COLUMNS = (
    "id, original, sha256, size, format, state, visibility, title, caption, file_name, camera,"
    " colour, exif, attempts, error_code, error_message, created_at, updated_at"
)


class Language:
    """Words drawn by Zipf's law."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = words
        self._weights = list(itertools.accumulate(1 / rank for rank in range(1, len(words) + 1)))

    def draw(self, chance: random.Random, count: int) -> list[str]:
        return chance.choices(self.words, cum_weights=self._weights, k=count)


@dataclass(frozen=True)
class Vocabulary:
    english: Language
    chinese: Language

    @classmethod
    def of(cls, seed: int = 0) -> Vocabulary:
        chance = random.Random(seed)
        rare = {"".join(chance.choices(_SYLLABLES, k=3)) for _ in range(_RARE_WORDS)}
        pairs = {"".join(chance.sample(_CHARACTERS, 2)) for _ in range(_RARE_CHINESE)}
        return cls(Language([*WORDS, *sorted(rare)]), Language([*CHINESE, *sorted(pairs)]))

    def caption(self, chance: random.Random) -> str:
        """Four of five are English, with eight words and words like "the" between them."""
        if chance.random() < 0.2:
            return "".join(self.chinese.draw(chance, 6)) + "。"
        words = self.english.draw(chance, 8)
        return " ".join(f"{chance.choice(_FUNCTION_WORDS)} {word}" for word in words).capitalize()

    def title(self, chance: random.Random) -> str:
        """Three of ten pictures have one, of two to four words."""
        if chance.random() > 0.3:
            return ""
        return " ".join(self.english.draw(chance, chance.randint(2, 4))).title()


def load(rows: int, seed: int = 0) -> None:
    """Add pictures, the oldest first; nine of ten are public. Takes 0.3 ms of CPU for each."""
    chance, vocabulary = random.Random(seed), Vocabulary.of()
    numbers = iter(range(rows))
    while batch := list(itertools.islice(numbers, _PER_COPY)):
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY gallery_image ({_COLUMNS}) FROM STDIN") as copy,
        ):
            for row in _rows(batch, chance, vocabulary):
                copy.write_row(row)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) gallery_image")


def _rows(
    numbers: Sequence[int], chance: random.Random, vocabulary: Vocabulary
) -> Iterator[tuple[object, ...]]:
    for number in numbers:
        key = uuid.UUID(int=chance.getrandbits(128), version=4)
        named = chance.random() < 0.1
        name = "-".join(vocabulary.english.draw(chance, 3)) if named else f"IMG_{number:07d}"
        visibility = "private" if chance.random() < 0.1 else "public"
        created = _FIRST + datetime.timedelta(minutes=number)
        texts = (vocabulary.title(chance), vocabulary.caption(chance), f"{name}.JPG")
        rest = (chance.choice(CAMERAS), "", "{}", 0, "", "", created, created)
        yield (key, "-", key.hex * 2, 1, "jpeg", "ready", visibility, *texts, *rest)
