"""The SQL statement of a search by words.

It reads grades of matches, each only if the better ones have fewer images than the limit: the
whole title or file name; titles with all words; all words; all words, the last one being the
beginning of a word; all but one; any. What a grade reads is bounded, so that common words take no
longer than others: ``complete`` reads at most ``_MOST_READ`` images, and only if few of the newest
images have all words; the last grades look for the rare words of the text only.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from gallery.models import ImageQuerySet
from gallery.models.words import Matches, TitleWords, Words, WordsOfRow
from gallery.search.fulltext.common_words import NEWEST, WordStatistics

# The most images ranked of a grade, the newest. Ranking takes 2 to 20 µs an image.
_MOST_COMPLETE = 1000
_MOST_PARTIAL = 300
# ts_rank_cd() takes ten times as long as ts_rank(), so it is computed for the best by ts_rank().
_BEST = 2
_MOST_READ = NEWEST
_MOST_TITLES = 2000
_COLUMNS = ("id", "created_at", "camera", "lens", "metadata")


@dataclass(frozen=True)
class _Grade:
    """``rank`` is 0 for a whole title, 1 for all words in an image that is near by meaning, 2 for all
    words, 3 for the beginning of a word, 4 for some words.

    ``words`` have to match ``query``, a column of ``gallery_text_queries()``. ``always``: it is
    read even if better grades have ``limit`` images. ``most_read`` limits the images that are read
    before the newest of them are ranked; None if the condition does.
    """

    rank: int
    query: str
    words: Words | WordsOfRow | TitleWords
    most: int
    condition: Q = field(default_factory=Q)
    always: bool = False
    most_read: int | None = None


def statement(
    text: str,
    *,
    within: ImageQuerySet,
    limit: int,
    nearest: Sequence[uuid.UUID],
    statistics: WordStatistics,
) -> tuple[str, list[Any]]:
    """SQL and values. Raises ``EmptyResultSet`` if ``within`` is known to be empty.

    The columns of a row are id, rank, coverage, whole, phrase, and whether each of title, caption,
    file name, camera and metadata has words of the text.
    """
    values: list[Any] = [text, list(statistics.common)]
    grades: list[str] = []
    known = "SELECT NULL::uuid AS id WHERE false"
    for number, grade in enumerate(_grades(nearest, statistics)):
        candidates, parameters = _candidates(within, grade)
        values += parameters
        condition = f"(SELECT {grade.query} FROM query) IS NOT NULL"
        if not grade.always:
            condition += f" AND (SELECT count(*) FROM ({known}) AS known) < %s"
            values.append(limit)
        template = _BOUNDED_GRADE if grade.most_read else _GRADE
        grades.append(
            template.format(
                number=number,
                rank=grade.rank,
                candidates=candidates,
                condition=condition,
                known=known,
                most=grade.most,
                read=grade.most_read,
            )
        )
        known = f"TABLE known_{number}"
    union = " UNION ALL ".join(f"TABLE grade_{number}" for number in range(len(grades)))
    sql = _STATEMENT.format(grades=", ".join(grades), union=union)
    return sql, [*values, _BEST * limit, limit]


def _grades(nearest: Sequence[uuid.UUID], statistics: WordStatistics) -> Iterator[_Grade]:
    words, titles, row = Words(), TitleWords(), WordsOfRow()
    newest, near = Q(created_at__gte=statistics.newest_since), Q(pk__in=nearest)
    has_common = bool(statistics.common)
    yield _Grade(0, "whole", words, _MOST_PARTIAL, most_read=_MOST_TITLES, always=True)
    if has_common:
        yield _Grade(
            2, "common_words", titles, _MOST_PARTIAL, most_read=_MOST_TITLES, always=True
        )
        yield _Grade(2, "common_words", row, _MOST_COMPLETE, newest, always=True)
        if nearest:
            yield _Grade(1, "common_words", row, len(nearest), near, always=True)
    yield _Grade(2, "all_words", words, _MOST_COMPLETE, most_read=_MOST_READ)
    yield _Grade(3, "begun_words", words, _MOST_PARTIAL, most_read=_MOST_READ)
    yield _Grade(4, "rare_but_one", words, _MOST_PARTIAL, most_read=_MOST_READ)
    if has_common:
        yield _Grade(4, "but_one_with_common", row, _MOST_PARTIAL, newest)
    yield _Grade(4, "rare_word", words, _MOST_PARTIAL, most_read=_MOST_READ)
    if has_common:
        yield _Grade(4, "any_with_common", row, _MOST_PARTIAL, newest)


def _candidates(within: ImageQuerySet, grade: _Grade) -> tuple[str, tuple[Any, ...]]:
    matches = Matches(RawSQL(f"(SELECT {grade.query} FROM query)", ()), grade.words)
    images: QuerySet[Any, Any] = within.filter(grade.condition, matches)
    # A limited read has no order: with one, PostgreSQL might search all images by date.
    images = images.order_by() if grade.most_read else images.order_by("-created_at", "-id")
    sql, values = images.values_list(*_COLUMNS, Words()).query.sql_with_params()
    return sql, values


_GRADE = """grade_{number} (id, created_at, camera, lens, metadata, words, grade) AS MATERIALIZED (
    SELECT *, {rank} FROM ({candidates} LIMIT {most}) AS newest
    WHERE {condition}
), known_{number} AS ({known} UNION SELECT id FROM grade_{number})"""
# PostgreSQL plans a materialized expression as if all of it were read, and stops at the limit.
_BOUNDED_GRADE = """every_{number} (id, created_at, camera, lens, metadata, words) AS MATERIALIZED (
    {candidates}
), grade_{number} AS MATERIALIZED (
    SELECT *, {rank} AS grade FROM (SELECT * FROM every_{number} LIMIT {read}) AS limited
    WHERE {condition}
    ORDER BY created_at DESC, id DESC LIMIT {most}
), known_{number} AS ({known} UNION SELECT id FROM grade_{number})"""

# The weights of ts_rank_cd are those of D, C, B and A; 32 maps a rank to rank / (rank + 1).
_STATEMENT = """
WITH query AS MATERIALIZED (
    SELECT *, '{{0.1, 0.3, 0.5, 1}}'::real[] AS weights
    FROM gallery_text_queries(%s, array_to_tsvector(%s::text[]))
), {grades}, compared AS (
    SELECT candidate.*, any_text, weights, grade = 0 AS whole, grade = 1 AS near,
        grade <= 2 AND cardinality(query.words) > 1
            AND candidate.words @@ phrase IS TRUE AS phrase,
        CASE WHEN grade <= 2 THEN 1 WHEN grade = 3 THEN 1 - 0.5 / cardinality(begun)
            ELSE (SELECT avg((candidate.words @@ word)::int)::float8
                FROM unnest(query.words || begun) AS word)
        END AS coverage
    FROM (SELECT DISTINCT ON (id) * FROM ({union}) AS every ORDER BY id, grade) AS candidate
        CROSS JOIN query
), best AS (
    SELECT * FROM compared
    ORDER BY whole DESC, phrase DESC, near DESC,
        coverage + ts_rank(weights, words, any_text, 32) DESC, created_at DESC, id DESC
    LIMIT %s
), ranked AS (
    SELECT *, coverage + ts_rank_cd(weights, words, any_text, 32) AS rank FROM best
    ORDER BY whole DESC, phrase DESC, near DESC, rank DESC, created_at DESC, id DESC
    LIMIT %s
)
SELECT id, rank, coverage, whole, phrase,
    ts_filter(words, '{{a}}') @@ any_text,
    ts_filter(words, '{{b}}') @@ any_text,
    ts_filter(words, '{{c}}') @@ any_text,
    other AND gallery_has_word(camera || ' ' || lens, any_text),
    other AND gallery_has_word(gallery_metadata_text(metadata), any_text)
FROM ranked, LATERAL (SELECT ts_filter(words, '{{d}}') @@ any_text AS other) AS weight_d
ORDER BY whole DESC, phrase DESC, near DESC, rank DESC, created_at DESC, id DESC
"""
