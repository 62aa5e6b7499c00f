"""The SQL statement of a search by words.

It reads the grades of ``grades.py`` in their order. A grade without ``always`` is read only if the
grades before it have fewer images than the limit.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from gallery.models import ImageQuerySet
from gallery.models.condition import Condition
from gallery.search.fulltext.common_words import WordStatistics
from gallery.search.fulltext.grades import Grade, grades

# ts_rank_cd() takes ten times as long as ts_rank(), so it is computed for the best by ts_rank().
_BEST = 2


def statement(
    text: str,
    *,
    within: ImageQuerySet,
    limit: int,
    nearest: Sequence[uuid.UUID],
    statistics: WordStatistics,
    file_names_of: str,
) -> tuple[str, list[Any]]:
    """SQL and values. Raises ``EmptyResultSet`` if ``within`` is known to be empty.

    ``file_names_of`` is what ``file_name_owner`` returns. The columns of a row are id, rank,
    coverage, whole, phrase, and whether each of title, caption, file name, camera, metadata and
    tags has words of the text.
    """
    values: list[Any] = [text, list(statistics.common), file_names_of]
    parts: list[str] = []
    known = "SELECT NULL::uuid AS id WHERE false"
    condition = within.condition
    for number, grade in enumerate(grades(nearest, statistics)):
        values += (*condition.values, *grade.values, *(() if grade.always else (limit,)))
        parts.append(_grade_sql(number, grade, within=condition, known=known))
        known = f"TABLE known_{number}"
    union = " UNION ALL ".join(f"TABLE grade_{number}" for number in range(len(parts)))
    sql = _STATEMENT.format(grades=", ".join(parts), union=union)
    return sql, [*values, _BEST * limit, limit]


def _grade_sql(number: int, grade: Grade, *, within: Condition, known: str) -> str:
    """``known`` is the query of the images of the grades before."""
    condition = _HAS_QUERY.format(query=grade.query)
    if not grade.always:
        condition += _FEW.format(known=known)
    template = _BOUNDED_GRADE if grade.most_read else _GRADE
    return template.format(
        number=number,
        columns=_COLUMNS,
        rank=grade.rank,
        candidates=_candidates(grade, within),
        condition=condition,
        known=known,
        most=grade.most,
        read=grade.most_read,
    )


def _candidates(grade: Grade, within: Condition) -> str:
    # A limited read has no order: with one, PostgreSQL might search all images by date.
    order = "" if grade.most_read else " ORDER BY created_at DESC, id DESC"
    matches = _MATCHES.format(words=grade.words, query=grade.query)
    return f"{_CANDIDATES} WHERE {within.sql}{grade.condition} AND {matches}{order}"


_COLUMNS = "id, created_at, camera, lens, metadata, tag_names, words"
_CANDIDATES = f"SELECT {_COLUMNS} FROM gallery_image"  # noqa: S608
_MATCHES = "{words} @@ (SELECT {query} FROM query)"
_HAS_QUERY = "(SELECT {query} FROM query) IS NOT NULL"
_FEW = " AND (SELECT count(*) FROM ({known}) AS known) < %s"
_GRADE = """grade_{number} ({columns}, grade) AS MATERIALIZED (
    SELECT *, {rank} FROM ({candidates} LIMIT {most}) AS newest
    WHERE {condition}
), known_{number} AS ({known} UNION SELECT id FROM grade_{number})"""
# PostgreSQL plans a materialized expression as if all of it were read, and stops at the limit.
_BOUNDED_GRADE = """every_{number} ({columns}) AS MATERIALIZED (
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
    FROM gallery_text_queries(%s, array_to_tsvector(%s::text[]), %s)
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
    other AND gallery_has_word(gallery_metadata_text(metadata), any_text),
    other AND gallery_has_word(tag_names, any_text)
FROM ranked, LATERAL (SELECT ts_filter(words, '{{d}}') @@ any_text AS other) AS weight_d
ORDER BY whole DESC, phrase DESC, near DESC, rank DESC, created_at DESC, id DESC
"""
