"""SQL functions of migration 0012: all queries that a search makes of a text."""

from gallery.migrations.full_text import queries

# A stop word next to a digit is none: the "A" of "A4".
_IS_STOP = "coalesce(stems = '{}', false) AS is_stop"
_IS_STOP_WITHOUT_DIGIT = """coalesce(stems = '{}', false) AND value !~* format(
                        '(?<![[:alpha:]])%1$s[0-9]|[0-9]%1$s(?![[:alpha:]])', word) AS is_stop"""
WORD_QUERIES = queries.WORD_QUERIES.replace("CREATE", "CREATE OR REPLACE").replace(
    _IS_STOP, _IS_STOP_WITHOUT_DIGIT
)

# The queries joined by an operator; null if there are none.
JOINED = r"""
CREATE FUNCTION gallery_joined(queries tsquery[], operator text) RETURNS tsquery
IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN (SELECT string_agg('(' || query::text || ')', operator)::tsquery
    FROM unnest(queries) AS query);
"""

# All of the queries but one; null if there are fewer than three.
ALL_BUT_ONE = r"""
CREATE FUNCTION gallery_all_but_one(queries tsquery[]) RETURNS tsquery
IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN (
    SELECT string_agg('(' || others || ')', '|')::tsquery FROM (
        SELECT string_agg('(' || other.query::text || ')', '&') AS others
        FROM unnest(queries) WITH ORDINALITY AS omitted(query, place)
        JOIN unnest(queries) WITH ORDINALITY AS other(query, place) ON other.place <> omitted.place
        GROUP BY omitted.place HAVING count(*) > 1
    ) AS combinations
);
"""

# ``common`` has the lexemes that many images have. The last word of a text may be the beginning of a
# word, in ``begun`` and in queries for any word. ``common_words`` is null unless all words are
# common. ``begun_words`` is null if the last word is common: then it counts as complete, because too
# many images have words that begin with it. The ``..._with_common`` queries are null if no word is
# common.
TEXT_QUERIES = r"""
CREATE FUNCTION gallery_text_queries(
    value text, common tsvector,
    OUT words tsquery[], OUT begun tsquery[], OUT phrase tsquery, OUT whole tsquery,
    OUT any_text tsquery, OUT all_words tsquery, OUT common_words tsquery,
    OUT begun_words tsquery, OUT rare_but_one tsquery, OUT rare_word tsquery,
    OUT but_one_with_common tsquery, OUT any_with_common tsquery
) IMMUTABLE PARALLEL SAFE LANGUAGE plpgsql AS $$
DECLARE
    rare tsquery[];
BEGIN
    words := coalesce(gallery_word_queries(value, false), '{}');
    begun := coalesce(gallery_word_queries(value, true), '{}');
    phrase := gallery_phrase(value, 'AB');
    whole := gallery_whole_query(value);
    any_text := coalesce(gallery_joined(begun, '|') || whole, whole);
    all_words := gallery_joined(words, '&');
    rare := ARRAY(SELECT query FROM unnest(words) AS query WHERE NOT common @@ query);
    IF rare = '{}' THEN
        common_words := all_words;
    END IF;
    IF NOT common @@ words[cardinality(words)] AND begun <> words THEN
        begun_words := gallery_joined(begun, '&');
    END IF;
    rare_but_one := gallery_all_but_one(rare);
    rare_word := gallery_joined(
        ARRAY(SELECT query FROM unnest(begun) AS query WHERE NOT common @@ query), '|');
    IF cardinality(rare) < cardinality(words) THEN
        but_one_with_common := gallery_all_but_one(words);
        any_with_common := gallery_joined(begun, '|');
    END IF;
END $$;
"""

FUNCTIONS = {
    "gallery_joined(tsquery[], text)": JOINED,
    "gallery_all_but_one(tsquery[])": ALL_BUT_ONE,
    "gallery_text_queries(text, tsvector)": TEXT_QUERIES,
}
