"""SQL functions that turn the text of a search into ``tsquery`` values."""

from gallery.migrations.full_text.words import UNSPACED

# The words of a query with their position. Of a run of characters without spaces only the pairs
# are used: its first and last character are parts of them. A single character stands for itself.
QUERY_WORDS = rf"""
CREATE FUNCTION gallery_query_words(value text)
RETURNS TABLE (word text, place int, single boolean)
IMMUTABLE PARALLEL SAFE LANGUAGE sql
BEGIN ATOMIC
    SELECT entry, place, is_single FROM (
        SELECT left(entry, 120) AS entry, place::int AS place,
            entry ~ '^[{UNSPACED}]$' AS is_single,
            lag(entry) OVER (ORDER BY place) AS before,
            lead(entry) OVER (ORDER BY place) AS after
        FROM string_to_table(gallery_words(value), ' ') WITH ORDINALITY AS entries(entry, place)
        WHERE place <= 64
    ) AS entries
    WHERE entry <> '' AND (NOT is_single
        OR (place = 2 AND before = entry)
        OR (place > 1 AND after = entry AND before IS DISTINCT FROM entry));
END;
"""

# One tsquery for each different word of a query, in its order, at most 12; null if it has none.
# Stop words are left out unless all words are stop words. A particle between longer words of
# Chinese or Japanese separates them. If ``begun``, the last word may be the beginning of a word.
WORD_QUERIES = rf"""
CREATE FUNCTION gallery_word_queries(value text, begun boolean) RETURNS tsquery[]
IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN (
    SELECT (array_agg(query::tsquery ORDER BY first))[:12] FROM (
        SELECT query, min(place) AS first FROM (
            SELECT place, is_stop AND NOT is_begun AS is_stop,
                bool_and(is_stop AND NOT is_begun) OVER () AS only_stop_words,
                CASE WHEN single THEN format('''%s'':*', word)
                    ELSE format('''%s''', coalesce(stem, word))
                        || CASE WHEN stem ~ '^[a-z]+$' THEN format(' | ''~%s''', stem) ELSE '' END
                        || CASE WHEN is_begun THEN format(' | ''%s'':*', word) ELSE '' END
                    END AS query
            FROM (
                SELECT *, stems[1] AS stem, coalesce(stems = '{{}}', false) AS is_stop,
                    begun AND length(word) > 2 AND value !~ '\s$'
                        AND place = max(place) OVER () AS is_begun
                FROM (
                    SELECT *, ts_lexize('pg_catalog.english_stem', word) AS stems
                    FROM gallery_query_words(regexp_replace(value,
                        '(?<=[{UNSPACED}][{UNSPACED}])[的の]|[的の](?=[{UNSPACED}][{UNSPACED}])',
                        ' ', 'g'))
                ) AS stemmed
            ) AS classified
        ) AS written
        WHERE only_stop_words OR NOT is_stop
        GROUP BY query
    ) AS different
);
"""

# The lexemes that a text has as a phrase; null if it has no words. ``weights`` are the letters
# of the fields that may contain it, and "" stands for all fields.
PHRASE = r"""
CREATE FUNCTION gallery_phrase(value text, weights text) RETURNS tsquery
IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN (
    SELECT string_agg(
        CASE WHEN step IS NULL THEN '' ELSE '<' || step || '> ' END || '''' || word || ''''
        || CASE WHEN single OR weights <> '' THEN ':' ELSE '' END
        || CASE WHEN single THEN '*' ELSE '' END || weights,
        ' ' ORDER BY place)::tsquery
    FROM (
        SELECT *, place - lag(place) OVER (ORDER BY place) AS step
        FROM gallery_query_words(value)
    ) AS steps
);
"""

# All, or any, of the words of a query.
ALL_WORDS = r"""
CREATE FUNCTION gallery_all_words(value text, begun boolean) RETURNS tsquery
IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN (SELECT string_agg('(' || query::text || ')', ' & ')::tsquery
    FROM unnest(gallery_word_queries(value, begun)) AS query);
"""
ANY_WORD = r"""
CREATE FUNCTION gallery_any_word(value text, begun boolean) RETURNS tsquery
IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN (SELECT string_agg('(' || query::text || ')', ' | ')::tsquery
    FROM unnest(gallery_word_queries(value, begun)) AS query);
"""

# All words of a query but one; null if it has fewer than three. The last word has to be complete:
# the beginning of a word in each of these combinations would be slow.
ALL_BUT_ONE = r"""
CREATE FUNCTION gallery_all_but_one(value text) RETURNS tsquery
IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN (
    SELECT string_agg('(' || others || ')', ' | ')::tsquery FROM (
        SELECT string_agg('(' || other.query::text || ')', ' & ') AS others
        FROM unnest(gallery_word_queries(value, false)) WITH ORDINALITY AS omitted(query, place)
        JOIN unnest(gallery_word_queries(value, false)) WITH ORDINALITY AS other(query, place)
            ON other.place <> omitted.place
        GROUP BY omitted.place HAVING count(*) > 1
    ) AS combinations
);
"""

# The query for a whole title or file name.
WHOLE_QUERY = r"""
CREATE FUNCTION gallery_whole_query(value text) RETURNS tsquery
IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN gallery_whole(value)::tsquery;
"""

# Five queries, of which most find what the ones before them find, best first: (0) the whole title or file name, (1) all words, (2) all words, where the
# last one may be unfinished, (3) all words but one, (4) any word, where the last one may be
# unfinished. Null if the text has no such query.
GRADE = r"""
CREATE FUNCTION gallery_grade(value text, grade int) RETURNS tsquery
IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN CASE grade
    WHEN 0 THEN gallery_whole_query(value)
    WHEN 1 THEN gallery_all_words(value, false)
    WHEN 2 THEN gallery_all_words(value, true)
    WHEN 3 THEN gallery_all_but_one(value)
    WHEN 4 THEN gallery_any_word(value, true)
END;
"""

# What an excluded text matches: one word in all its forms, or a phrase.
EXCLUDED = r"""
CREATE FUNCTION gallery_excluded(value text) RETURNS tsquery
IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN CASE WHEN cardinality(gallery_word_queries(value, false)) = 1
    THEN gallery_all_words(value, false) ELSE gallery_phrase(value, '') END;
"""

# The share of the queries that words match, from 0 to 1.
COVERAGE = r"""
CREATE FUNCTION gallery_coverage(words tsvector, queries tsquery[]) RETURNS double precision
IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN (SELECT coalesce(avg((words @@ query)::int), 0) FROM unnest(queries) AS query);
"""

FUNCTIONS = {
    "gallery_query_words(text)": QUERY_WORDS,
    "gallery_word_queries(text, boolean)": WORD_QUERIES,
    "gallery_phrase(text, text)": PHRASE,
    "gallery_all_words(text, boolean)": ALL_WORDS,
    "gallery_any_word(text, boolean)": ANY_WORD,
    "gallery_all_but_one(text)": ALL_BUT_ONE,
    "gallery_whole_query(text)": WHOLE_QUERY,
    "gallery_grade(text, int)": GRADE,
    "gallery_excluded(text)": EXCLUDED,
    "gallery_coverage(tsvector, tsquery[])": COVERAGE,
}
