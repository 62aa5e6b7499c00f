"""SQL functions that use the rare words of a query. ``common`` has the words that many images have."""

# All words, if all of them are common; else null.
COMMON_WORDS = r"""
CREATE FUNCTION gallery_common_words(value text, common tsvector) RETURNS tsquery
IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN (
    SELECT CASE WHEN bool_and(common @@ query) THEN gallery_all_words(value, false) END
    FROM unnest(gallery_word_queries(value, false)) AS query
);
"""

# All words, of which the last may be the beginning of a word. Null if the last word is common: then
# it is complete, and the images that contain its beginning are many.
BEGUN_WORDS = r"""
CREATE FUNCTION gallery_begun_words(value text, common tsvector) RETURNS tsquery
IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN CASE WHEN (
    SELECT (common @@ queries[cardinality(queries)]) IS NOT TRUE
    FROM (SELECT gallery_word_queries(value, false) AS queries) AS complete
) THEN gallery_all_words(value, true) END;
"""

# The words of a query that are not common; null if there are none.
RARE_QUERIES = r"""
CREATE FUNCTION gallery_rare_queries(value text, common tsvector, begun boolean) RETURNS tsquery[]
IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN (
    SELECT array_agg(query ORDER BY place)
    FROM unnest(gallery_word_queries(value, begun)) WITH ORDINALITY AS every(query, place)
    WHERE NOT common @@ query
);
"""

# Any rare word. The last word may be the beginning of a word.
RARE_WORD = r"""
CREATE FUNCTION gallery_rare_word(value text, common tsvector) RETURNS tsquery
IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN (SELECT string_agg('(' || query::text || ')', ' | ')::tsquery
    FROM unnest(gallery_rare_queries(value, common, true)) AS query);
"""

# All rare words but one; null if there are fewer than three.
ALL_BUT_ONE = r"""
CREATE FUNCTION gallery_all_but_one(value text, common tsvector) RETURNS tsquery
IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN (
    SELECT string_agg('(' || others || ')', ' | ')::tsquery FROM (
        SELECT string_agg('(' || other.query::text || ')', ' & ') AS others
        FROM (SELECT gallery_rare_queries(value, common, false) AS queries) AS rare,
            unnest(queries) WITH ORDINALITY AS omitted(query, place)
            JOIN unnest(queries) WITH ORDINALITY AS other(query, place)
                ON other.place <> omitted.place
        GROUP BY omitted.place HAVING count(*) > 1
    ) AS combinations
);
"""

FUNCTIONS = {
    "gallery_common_words(text, tsvector)": COMMON_WORDS,
    "gallery_begun_words(text, tsvector)": BEGUN_WORDS,
    "gallery_rare_queries(text, tsvector, boolean)": RARE_QUERIES,
    "gallery_rare_word(text, tsvector)": RARE_WORD,
    "gallery_all_but_one(text, tsvector)": ALL_BUT_ONE,
}
