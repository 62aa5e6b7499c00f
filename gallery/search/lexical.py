"""Full text of images: title, caption, file name, camera, lens and metadata.

The SQL functions of migration 0006 split images and queries into words in the same way.
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

from gallery.models import Image, ImageQuerySet
from gallery.models.words import Matches, TextQuery
from gallery.search.query import Reason

# Of each group of candidates only the newest are ranked: ranking every image that contains a
# common word would take seconds in a gallery of a million.
MAX_RANKED = 5000
# The SQL functions use at most 64 words.
_MAX_CHARACTERS = 1000


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


def lexical_matches(text: str, *, within: ImageQuerySet, limit: int) -> list[LexicalMatch]:
    """Images of ``within`` that contain words of ``text``, best first: exact ones, then by rank.

    Images that contain only some of the words are added if fewer than ``limit`` contain all.
    Where more than ``MAX_RANKED`` images match, older ones are missing, except those whose whole
    title or file name is the text. One SQL statement; bounded for any text.
    """
    text = _storable(text)[:_MAX_CHARACTERS]
    if not text.strip():
        return []
    try:
        groups = [_newest(within, query) for query in _groups(text)]
    except EmptyResultSet:
        return []
    parameters: list[Any] = [text, *groups[0][1]]
    for _, values in groups[1:]:
        parameters += [*values, limit]
    with connection.cursor() as cursor:
        cursor.execute(_statement([sql for sql, _ in groups]), [*parameters, limit])
        return [_match(*row) for row in cursor.fetchall()]


def with_words(
    images: ImageQuerySet, *, phrases: Sequence[str], excluded: Sequence[str]
) -> ImageQuerySet:
    """Those of ``images`` that contain every phrase, word by word, and no excluded text.

    An excluded word also excludes its plural and other forms. A text without letters, digits or
    pictograms is no condition.
    """
    for phrase in map(_storable, phrases):
        query = TextQuery("gallery_phrase", phrase, "")
        images = images.filter(Q(IsNull(query, True)) | Q(Matches(query)))
    for text in map(_storable, excluded):
        query = TextQuery("gallery_excluded", text)
        images = images.filter(Q(IsNull(query, True)) | ~Q(Matches(query)))
    return images


def _storable(text: str) -> str:
    """The text without what PostgreSQL cannot store: NUL and halves of surrogate pairs."""
    return text.replace("\0", " ").encode(errors="ignore").decode()


def _groups(text: str) -> list[TextQuery]:
    """Best first: the whole title, all words, all words with the last one unfinished, any."""
    return [
        TextQuery("gallery_whole_query", text),
        TextQuery("gallery_all_words", text, False),
        TextQuery("gallery_all_words", text, True),
        TextQuery("gallery_any_word", text, True),
    ]


def _newest(within: ImageQuerySet, query: TextQuery) -> tuple[str, tuple[Any, ...]]:
    matching = within.filter(Matches(query)).order_by("-created_at", "-id").values("id")
    return matching[:MAX_RANKED].query.sql_with_params()


def _statement(statements: Sequence[str]) -> str:
    """Each group as a CTE. A group is read if those before it have fewer images than the limit."""
    ctes = [f"group_0 AS MATERIALIZED ({statements[0]})"]
    for index, statement in enumerate(statements[1:], start=1):
        counts = " + ".join(f"(SELECT count(*) FROM group_{before})" for before in range(index))
        ctes.append(
            f"group_{index} AS MATERIALIZED"
            f" (SELECT id FROM ({statement}) AS newest WHERE {counts} < %s)"
        )
    union = " UNION ".join(f"SELECT id FROM group_{index}" for index in range(len(statements)))
    return _STATEMENT.format(
        groups=f"{', '.join(ctes)}, candidate AS ({union})", table=Image._meta.db_table
    )


def _match(image_id: uuid.UUID, rank: float, *row: Any) -> LexicalMatch:
    coverage, whole, phrase, *fields = row
    reasons = tuple(reason for reason, matches in zip(_REASONS, fields, strict=True) if matches)
    return LexicalMatch(image_id, rank, reasons, whole or phrase, whole, coverage)


# The order of the columns of _STATEMENT.
_REASONS = (Reason.TITLE, Reason.CAPTION, Reason.FILE_NAME, Reason.CAMERA, Reason.METADATA)

# The weights of ts_rank_cd are those of D, C, B and A; 32 maps a rank to rank / (rank + 1).
_STATEMENT = """
WITH query AS MATERIALIZED (
    SELECT gallery_word_queries(value, false) AS words,
        gallery_word_queries(value, true) AS begun_words,
        gallery_phrase(value, 'AB') AS phrase,
        gallery_whole_query(value) AS whole,
        coalesce(gallery_any_word(value, true) || gallery_whole_query(value),
            gallery_whole_query(value)) AS any_word
    FROM (SELECT %s::text AS value) AS input
), {groups}, compared AS (
    SELECT image.id, image.created_at, image.words @@ query.whole AS whole,
        coalesce(cardinality(query.words) > 1 AND image.words @@ query.phrase, false) AS phrase,
        gallery_coverage(image.words, query.words) AS complete,
        gallery_coverage(image.words, query.begun_words) AS begun,
        ts_rank_cd('{{0.1, 0.3, 0.5, 1}}', image.words, query.any_word, 32) AS density
    FROM candidate JOIN {table} AS image USING (id) CROSS JOIN query
), scored AS (
    SELECT *, CASE WHEN whole THEN 1 ELSE greatest(complete, (complete + begun) / 2) END AS coverage
    FROM compared
), ranked AS (
    SELECT *, coverage + density AS rank FROM scored
    ORDER BY whole DESC, phrase DESC, rank DESC, created_at DESC, id DESC
    LIMIT %s
)
SELECT ranked.id, rank, coverage, whole, phrase,
    ts_filter(words, '{{a}}') @@ any_word,
    ts_filter(words, '{{b}}') @@ any_word,
    ts_filter(words, '{{c}}') @@ any_word,
    other AND gallery_lexemes(gallery_words(camera || ' ' || lens), 'D', 0)::tsvector @@ any_word,
    other AND gallery_lexemes(gallery_words(gallery_metadata_text(metadata)), 'D', 0)::tsvector
        @@ any_word
FROM ranked JOIN {table} AS image USING (id) CROSS JOIN (SELECT any_word FROM query) AS query,
    LATERAL (SELECT ts_filter(image.words, '{{d}}') @@ any_word AS other) AS weight_d
ORDER BY whole DESC, phrase DESC, rank DESC, ranked.created_at DESC, ranked.id DESC
"""
