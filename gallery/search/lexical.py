"""Full text of images: title, caption, file name, camera, lens, metadata and names of tags.

The SQL functions of migrations 0007 and 0012 split images and queries into words in the same way.
The words of a file name are found only by people who may change the picture (decision 0024).
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q
from django.db.models.lookups import IsNull

from gallery.models import ImageQuerySet, User
from gallery.models.words import Matches, TextQuery, WithFileNames, file_name_owner
from gallery.search.fulltext.common_words import word_statistics
from gallery.search.fulltext.statement import statement
from gallery.search.query import Reason

# The SQL functions use at most 64 words.
_MAX_CHARACTERS = 1000
# The order of the columns of the statement.
_REASONS = (
    Reason.TITLE, Reason.CAPTION, Reason.FILE_NAME, Reason.CAMERA, Reason.METADATA, Reason.TAGS,
)  # fmt: skip


@dataclass(frozen=True)
class LexicalMatch:
    """An image whose words match. ``reasons`` are the fields that contain words of the text.

    ``rank`` grows with the share of the text's words and with their weight and closeness in the
    image. ``exact``: the text is the title or the file name (``whole``), or a phrase of at least
    two words in title or caption. ``coverage`` is the share of the text's words, in (0, 1]; a last
    word that is only the beginning of a word of the image counts half.
    """

    image_id: uuid.UUID
    rank: float
    reasons: tuple[Reason, ...]
    exact: bool
    whole: bool = False
    coverage: float = 1.0


def lexical_matches(
    text: str,
    *,
    within: ImageQuerySet,
    user: User,
    limit: int,
    nearest: Sequence[uuid.UUID] = (),
) -> list[LexicalMatch]:
    """Images of ``within`` that contain words of ``text``, best first: exact ones, then by rank.

    Images that contain only some of the words are added if fewer than ``limit`` contain all.
    ``nearest`` are images near by meaning. If many images have all words, and each of the words is
    common, these are compared: those of ``nearest``, some of those with all words in the title,
    and those of the 10,000 newest images. An image whose title or file name is the text is found
    in any case. One SQL statement, bounded for any text; every five minutes another one, for
    statistics.
    """
    text = _storable(text)[:_MAX_CHARACTERS]
    if not text.strip():
        return []
    statistics = word_statistics()
    try:
        sql, values = statement(
            text,
            within=within,
            limit=limit,
            nearest=nearest,
            statistics=statistics,
            file_names_of=file_name_owner(user),
        )
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [_match(*row) for row in cursor.fetchall()]


def with_words(
    images: ImageQuerySet, *, user: User, phrases: Sequence[str], excluded: Sequence[str]
) -> ImageQuerySet:
    """Those of ``images`` that contain every phrase, word by word, and no excluded text.

    An excluded word also excludes its plural and other forms. A text without letters, digits or
    pictograms is no condition.
    """
    # PostgreSQL decides while it plans whether a text has no words, so that it can use the index.
    for phrase in map(_storable, phrases):
        query = WithFileNames(TextQuery("gallery_phrase", phrase, ""), user)
        images = images.filter(Q(IsNull(query, True)) | Q(Matches(query)))
    for text in map(_storable, excluded):
        query = WithFileNames(TextQuery("gallery_excluded", text), user)
        images = images.filter(Q(IsNull(query, True)) | ~Q(Matches(query)))
    return images


def _storable(text: str) -> str:
    """The text without what PostgreSQL cannot store: NUL and halves of surrogate pairs."""
    return text.replace("\0", " ").encode(errors="ignore").decode()


def _match(image_id: uuid.UUID, rank: float, *row: Any) -> LexicalMatch:
    coverage, whole, phrase, *fields = row
    reasons = tuple(reason for reason, matches in zip(_REASONS, fields, strict=True) if matches)
    return LexicalMatch(image_id, rank, reasons, whole or phrase, whole, coverage)
