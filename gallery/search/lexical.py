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
from django.db.models import Q, QuerySet
from django.db.models.lookups import IsNull

from gallery.models import Image, ImageQuerySet
from gallery.models.words import Matches, TextQuery, Words
from gallery.search.query import Reason

# Of each group of candidates only the newest are ranked: ranking every image that contains a
# common word would take seconds in a gallery of a million.
MAX_RANKED = 2000
_MAX_PARTIAL = 500
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
    Where more than ``MAX_RANKED`` images match equally many words, the older of them are missing,
    except those whose whole title or file name is the text. One SQL statement, bounded for any
    text.
    """
    text = _storable(text)[:_MAX_CHARACTERS]
    if not text.strip():
        return []
    try:
        groups = [group.query.sql_with_params() for group in _groups(text, within)]
    except EmptyResultSet:
        return []
    parameters = [value for _, values in groups for value in (*values, limit)]
    with connection.cursor() as cursor:
        cursor.execute(_statement([sql for sql, _ in groups]), [text, *parameters, limit])
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
        images = images.filter(_without(TextQuery("gallery_excluded", text)))
    return images


def _without(query: TextQuery) -> Q:
    """No match, also where the text has no words. PostgreSQL decides that while it plans."""
    return Q(IsNull(query, True)) | ~Q(Matches(query))


def _storable(text: str) -> str:
    """The text without what PostgreSQL cannot store: NUL and halves of surrogate pairs."""
    return text.replace("\0", " ").encode(errors="ignore").decode()


def _groups(text: str, within: ImageQuerySet) -> list[QuerySet[Any, Any]]:
    """Groups of candidates without overlaps, best first. The last word may be unfinished."""
    queries = [
        (TextQuery("gallery_whole_query", text), MAX_RANKED),
        (TextQuery("gallery_all_words", text, False), MAX_RANKED),
        (TextQuery("gallery_all_words", text, True), MAX_RANKED),
        (TextQuery("gallery_all_but_one", text), _MAX_PARTIAL),
        (TextQuery("gallery_any_word", text, True), _MAX_PARTIAL),
    ]
    groups = []
    for query, most in queries:
        images = within.filter(Matches(query)).order_by("-created_at", "-id")
        groups.append(images.values_list("id", "created_at", Words())[:most])
        within = within.filter(_without(query))
    return groups


def _statement(groups: Sequence[str]) -> str:
    """A group is read only if those before it have fewer images than the limit."""
    ctes, counts = [], ["0"]
    for index, group in enumerate(groups):
        ctes.append(_GROUP.format(index=index, group=group, count=" + ".join(counts)))
        counts.append(_COUNT.format(index=index))
    union = " UNION ALL ".join(_ROWS.format(index=index) for index in range(len(groups)))
    return _STATEMENT.format(groups=", ".join(ctes), union=union, table=Image._meta.db_table)


def _match(image_id: uuid.UUID, rank: float, *row: Any) -> LexicalMatch:
    coverage, whole, phrase, *fields = row
    reasons = tuple(reason for reason, matches in zip(_REASONS, fields, strict=True) if matches)
    return LexicalMatch(image_id, rank, reasons, whole or phrase, whole, coverage)


# The order of the columns of _STATEMENT.
_REASONS = (Reason.TITLE, Reason.CAPTION, Reason.FILE_NAME, Reason.CAMERA, Reason.METADATA)

_GROUP = """group_{index} (id, created_at, words) AS MATERIALIZED (
    SELECT newest.* FROM ({group}) AS newest WHERE {count} < %s
)"""
_COUNT = "(SELECT count(*) FROM group_{index})"
_ROWS = "SELECT *, {index} AS grade FROM group_{index}"

# The weights of ts_rank_cd are those of D, C, B and A; 32 maps a rank to rank / (rank + 1).
# All images of the groups 0 and 1 have all words.
_STATEMENT = """
WITH query AS MATERIALIZED (
    SELECT gallery_word_queries(value, false) AS complete,
        gallery_word_queries(value, true) AS begun,
        gallery_phrase(value, 'AB') AS phrase,
        coalesce(gallery_any_word(value, true) || gallery_whole_query(value),
            gallery_whole_query(value)) AS any_word
    FROM (SELECT %s::text AS value) AS input
), {groups}, compared AS (
    SELECT id, created_at, words, grade = 0 AS whole,
        grade <= 1 AND cardinality(complete) > 1 AND words @@ phrase IS TRUE AS phrase,
        ts_rank_cd('{{0.1, 0.3, 0.5, 1}}', words, any_word, 32) AS density,
        CASE WHEN grade <= 1 THEN 1 ELSE (
            gallery_coverage(words, complete) + gallery_coverage(words, begun)
        ) / 2 END AS coverage
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
