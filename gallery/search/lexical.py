"""Full text of images: title, caption, file name, camera, lens and metadata.

The SQL functions of migration 0007 split images and queries into words in the same way.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.lookups import IsNull

from gallery.models import Image, ImageQuerySet
from gallery.models.words import Matches, TextQuery, Words
from gallery.search.query import Reason

# The most images ranked of each grade of gallery_grade(), the newest: ranking every image that
# contains a common word would take seconds in a gallery of a million.
_MAX_RANKED = (2000, 2000, 2000, 500, 500)
# The SQL functions use at most 64 words.
_MAX_CHARACTERS = 1000
_GRADE = object()


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
    Where more than 2,000 images contain all words (500: some), the older of them are missing, but
    not those whose title or file name is the text. One SQL statement, bounded for any text.
    """
    text = _storable(text)[:_MAX_CHARACTERS]
    if not text.strip():
        return []
    try:
        candidates, values = _candidates(text, within).query.sql_with_params()
    except EmptyResultSet:
        return []
    parameters: list[Any] = [text]
    for grade in range(len(_MAX_RANKED)):
        parameters += [grade if value is _GRADE else value for value in values]
        parameters.append(limit)
    with connection.cursor() as cursor:
        cursor.execute(_statement(candidates, limit), [*parameters, limit])
        return [_match(*row) for row in cursor.fetchall()]


def with_words(
    images: ImageQuerySet, *, phrases: Sequence[str], excluded: Sequence[str]
) -> ImageQuerySet:
    """Those of ``images`` that contain every phrase, word by word, and no excluded text.

    An excluded word also excludes its plural and other forms. A text without letters, digits or
    pictograms is no condition.
    """
    # PostgreSQL decides while it plans whether a text has no words, so that it can use the index.
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


def _candidates(text: str, within: ImageQuerySet) -> QuerySet[Any, Any]:
    """The images of one grade, newest first. The parameter ``_GRADE`` stands for the grade."""
    images = within.filter(Matches(TextQuery("gallery_grade", text, _GRADE)))
    return images.order_by("-created_at", "-id").values_list("id", "created_at", Words())


def _statement(candidates: str, limit: int) -> str:
    """A grade is read only if the better ones have fewer images than the limit."""
    grades = [
        _OF_GRADE.format(
            grade=grade,
            candidates=candidates,
            # At most ``limit`` of them are in a better grade too.
            most=most + limit,
            better=" UNION ALL ".join(f"TABLE key_{better}" for better in range(grade)) or _NONE,
        )
        for grade, most in enumerate(_MAX_RANKED)
    ]
    union = " UNION ALL ".join(_ROWS.format(grade=grade) for grade in range(len(_MAX_RANKED)))
    table = connection.ops.quote_name(Image._meta.db_table)
    return _STATEMENT.format(grades=", ".join(grades), union=union, table=table)


def _match(image_id: uuid.UUID, rank: float, *row: Any) -> LexicalMatch:
    coverage, whole, phrase, *fields = row
    reasons = tuple(reason for reason, matches in zip(_REASONS, fields, strict=True) if matches)
    return LexicalMatch(image_id, rank, reasons, whole or phrase, whole, coverage)


# The order of the columns of _STATEMENT.
_REASONS = (Reason.TITLE, Reason.CAPTION, Reason.FILE_NAME, Reason.CAMERA, Reason.METADATA)

_OF_GRADE = """grade_{grade} (id, created_at, words) AS MATERIALIZED (
    SELECT newest.* FROM ({candidates} LIMIT {most}) AS newest
    WHERE (SELECT count(*) FROM ({better}) AS better) < %s AND id NOT IN ({better})
), key_{grade} AS (SELECT id FROM grade_{grade})"""
_NONE = "SELECT NULL::uuid AS id WHERE false"
_ROWS = "SELECT *, {grade} AS grade FROM grade_{grade}"

# The weights of ts_rank_cd are those of D, C, B and A; 32 maps a rank to rank / (rank + 1).
# The grades 0 and 1 have all words, 2 has half of the last one.
_STATEMENT = """
WITH query AS MATERIALIZED (
    SELECT gallery_word_queries(value, false) AS complete,
        gallery_word_queries(value, true) AS begun,
        gallery_phrase(value, 'AB') AS phrase,
        coalesce(gallery_any_word(value, true) || gallery_whole_query(value),
            gallery_whole_query(value)) AS any_word
    FROM (SELECT %s::text AS value) AS input
), {grades}, compared AS (
    SELECT id, created_at, words, grade = 0 AS whole,
        grade <= 1 AND cardinality(complete) > 1 AND words @@ phrase IS TRUE AS phrase,
        ts_rank_cd('{{0.1, 0.3, 0.5, 1}}', words, any_word, 32) AS density,
        CASE WHEN grade <= 1 THEN 1 WHEN grade = 2 THEN 1 - 0.5 / cardinality(begun)
            ELSE (gallery_coverage(words, complete) + gallery_coverage(words, begun)) / 2
        END AS coverage
    FROM ({union}) AS candidate CROSS JOIN query
), ranked AS (
    SELECT *, coverage + density AS rank FROM compared
    ORDER BY whole DESC, phrase DESC, rank DESC, created_at DESC, id DESC
    LIMIT %s
)
SELECT ranked.id, rank, coverage, whole, ranked.phrase,
    ts_filter(ranked.words, '{{a}}') @@ any_word,
    ts_filter(ranked.words, '{{b}}') @@ any_word,
    ts_filter(ranked.words, '{{c}}') @@ any_word,
    other AND gallery_lexemes(gallery_words(camera || ' ' || lens), 'D', 0)::tsvector @@ any_word,
    other AND gallery_lexemes(gallery_words(gallery_metadata_text(metadata)), 'D', 0)::tsvector
        @@ any_word
FROM ranked JOIN {table} AS image USING (id) CROSS JOIN query,
    LATERAL (SELECT ts_filter(ranked.words, '{{d}}') @@ any_word AS other) AS weight_d
ORDER BY whole DESC, ranked.phrase DESC, rank DESC, ranked.created_at DESC, ranked.id DESC
"""
