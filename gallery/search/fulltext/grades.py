"""The grades of matches that a search by words reads, in the order of reading.

Each is bounded, so that common words take no longer than others. A grade reads at most
``_MOST_READ`` images that an index finds, or only the newest images, those near by meaning, or
those with a rare word.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gallery.search.fulltext.common_words import NEWEST, WordStatistics

# The most images ranked of a grade, the newest. Ranking takes 2 to 20 µs an image.
_MOST_OF_ALL_WORDS = 1000
_MOST_OF_OTHERS = 300
_MOST_READ = NEWEST
_MOST_TITLES = 2000

# Lexemes of a row of ``gallery_image``: of all fields, the same without the use of an index, and
# those of the title, on which the index ``image_title_words`` is.
_WORDS = "gallery_image.words"
_WORDS_OF_ROW = "coalesce(gallery_image.words, '')"
_TITLE_WORDS = "ts_filter(gallery_image.words, '{a}')"
_NEWEST = " AND gallery_image.created_at >= %s"
_NEAR = " AND gallery_image.id = ANY (%s)"


@dataclass(frozen=True)
class Grade:
    """``rank`` is 0 for a whole title or file name, 1 for all words in an image that is near by
    meaning, 2 for all words, 3 for the beginning of a word, 4 for some words.

    ``words``, an SQL expression, have to match ``query``, a column of ``gallery_text_queries()``.
    ``condition`` is more SQL that follows, with its ``values``. ``always``: the grade is read even
    if better grades have ``limit`` images. ``most_read`` limits the images that are read before the
    newest of them are ranked; None if the condition does.
    """

    rank: int
    query: str
    words: str
    most: int
    condition: str = ""
    values: tuple[Any, ...] = ()
    always: bool = False
    most_read: int | None = None


def grades(nearest: Sequence[uuid.UUID], statistics: WordStatistics) -> Iterator[Grade]:
    """The grades for common words are left out where no word is common.

    ``nearest`` are the images that are near by meaning.
    """
    words, titles, row = _WORDS, _TITLE_WORDS, _WORDS_OF_ROW
    newest, near = (_NEWEST, (statistics.newest_since,)), (_NEAR, (list(nearest),))
    has_common = bool(statistics.common)
    yield Grade(0, "whole", words, _MOST_OF_OTHERS, most_read=_MOST_TITLES, always=True)
    if has_common:
        yield Grade(2, "common_words", titles, _MOST_OF_OTHERS, most_read=_MOST_TITLES, always=True)
        yield Grade(2, "common_words", row, _MOST_OF_ALL_WORDS, *newest, always=True)
        if nearest:
            yield Grade(1, "common_words", row, len(nearest), *near, always=True)
    yield Grade(2, "all_words", words, _MOST_OF_ALL_WORDS, most_read=_MOST_READ)
    yield Grade(3, "begun_words", words, _MOST_OF_OTHERS, most_read=_MOST_READ)
    yield Grade(4, "rare_but_one", words, _MOST_OF_OTHERS, most_read=_MOST_READ)
    if has_common:
        yield Grade(4, "but_one_with_common", row, _MOST_OF_OTHERS, *newest)
    yield Grade(4, "rare_word", words, _MOST_OF_OTHERS, most_read=_MOST_READ)
    if has_common:
        yield Grade(4, "any_with_common", row, _MOST_OF_OTHERS, *newest)
