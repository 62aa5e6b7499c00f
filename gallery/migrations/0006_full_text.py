"""Full text of pictures: SQL functions that make words, the column ``words`` and its index.

The column is not a field of the model, so that no query loads it (docs/decisions/0009).
Adding it rewrites the table ``gallery_image`` under a lock.
"""

from django.db import migrations

# Scripts that are written without spaces: Thai, Lao, Burmese, Khmer, kana, CJK, Hangul.
UNSPACED = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
    r"\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
PICTOGRAMS = r"\u2600-\u27bf\U0001f000-\U0001f3fa\U0001f400-\U0001faff"
# Marks of Latin, Greek and Cyrillic, Hebrew and Arabic. Those of Indian scripts and kana are
# parts of letters.
ACCENTS = r"\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670"
# Punctuation, symbols, spaces, invisible characters, skin tones.
SEPARATORS = (
    r"\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf"
    r"\u00d7\u00f7\u02b9-\u02df\u037e\u0387\u055a-\u055f\u0589\u05be\u05c0\u05c3\u05f3\u05f4"
    r"\u060c\u061b-\u061f\u066a-\u066d\u06d4\u0964\u0965\u0e3f\u0e4f\u2000-\u206f\u20a0-\u20cf"
    r"\u2190-\u25ff\u27c0-\u2bff\u2e00-\u2e7f\u3000-\u3004\u3008-\u303f\u30fb\ufe00-\ufe0f"
    r"\ufe30-\ufe6f\uff00-\uff0f\uff5b-\uff65\ufff0-\uffff\ue000-\uf8ff"
    r"\U0001f3fb-\U0001f3ff\U000e0000-\U0010ffff"
)

# Lower case, without accents; full-width and other compatibility forms become the usual ones.
FOLD = rf"""
CREATE FUNCTION gallery_fold(value text) RETURNS text IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN translate(replace(replace(replace(
    lower(normalize(regexp_replace(normalize(value, NFKD), '[{ACCENTS}]+', '', 'g'), NFKC)),
    'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'øłđıħŧς', 'oldihtσ');
"""

# The words of a text, separated by one space. Digits are separated from letters. A run of n
# characters of a script without spaces becomes n + 1 words: the first character, n - 1
# overlapping pairs, the last character.
WORDS = rf"""
CREATE FUNCTION gallery_words(value text) RETURNS text IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN btrim(regexp_replace(regexp_replace(regexp_replace(
    gallery_fold(value),
    '([0-9]+|[{UNSPACED}]+|[{PICTOGRAMS}])', ' \1 ', 'g'),
    '([{UNSPACED}])', '\1 \1', 'g'),
    '[ {SEPARATORS}]+', ' ', 'g'));
"""

# The words of a file name: beachHuang.jpg has the words beachhuang, jpg, beach and huang.
FILE_NAME_WORDS = r"""
CREATE FUNCTION gallery_file_name_words(value text) RETURNS text
IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN gallery_words(value) || CASE WHEN value ~ '[a-z][A-Z]'
    THEN ' ' || gallery_words(regexp_replace(value, '([a-z])([A-Z])', '\1 \2', 'g')) ELSE '' END;
"""

# The strings and numbers of a JSON document, at any depth; at most 3000 characters.
METADATA_TEXT = r"""
CREATE FUNCTION gallery_metadata_text(metadata jsonb) RETURNS text
IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN (SELECT left(string_agg(leaf #>> '{}', ' '), 3000) FROM jsonb_path_query(
    metadata, 'strict $.** ? (@.type() == "string" || @.type() == "number")') AS leaf);
"""

# A whole title or file name as one lexeme: "=" and its words, or its characters if it has no
# words ("???").
WHOLE = r"""
CREATE FUNCTION gallery_whole(value text) RETURNS text IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN '''=' || left(coalesce(nullif(gallery_words(value), ''),
    replace(replace(btrim(gallery_fold(value)), '\', '\\'), '''', '''''')), 450) || '''';
"""

# Lexemes with positions from ``start`` on and a weight, in the text format of tsvector: each word
# as it is, and "~" and its English stem if that is another. A word has at most 120 characters.
LEXEMES = r"""
CREATE FUNCTION gallery_lexemes(words text, weight text, start int) RETURNS text
IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN (
    SELECT string_agg(format(
        CASE WHEN stem <> word THEN '''%1$s'':%2$s%3$s ''~%4$s'':%2$s%3$s' ELSE '''%1$s'':%2$s%3$s' END,
        word, start + position, weight, stem), ' ')
    FROM (
        SELECT word, position, (ts_lexize('pg_catalog.english_stem', word))[1] AS stem
        FROM (
            SELECT left(entry, 120) AS word, position
            FROM string_to_table(words, ' ') WITH ORDINALITY AS entries(entry, position)
            WHERE entry <> '' AND position <= 6000
        ) AS cut
    ) AS stemmed
);
"""

# Weights: A title, B caption, C file name, D camera, lens and metadata. Long texts are cut, so
# that the value stays far below the limit of a tsvector (1 MB) and of its positions (16383).
VECTOR = r"""
CREATE FUNCTION gallery_image_words(
    title text, caption text, file_name text, camera text, lens text, metadata jsonb
) RETURNS tsvector IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN concat_ws(' ',
    gallery_lexemes(gallery_words(title), 'A', 0),
    gallery_lexemes(gallery_words(left(caption, 3000)), 'B', 1000),
    gallery_lexemes(gallery_file_name_words(file_name), 'C', 8000),
    gallery_lexemes(gallery_words(camera || ' ' || lens), 'D', 10000),
    CASE WHEN metadata <> '{}' THEN
        gallery_lexemes(gallery_words(gallery_metadata_text(metadata)), 'D', 11000) END,
    CASE WHEN title <> '' THEN gallery_whole(title) || ':1A' END,
    CASE WHEN file_name <> '' THEN gallery_whole(file_name) || ':1C '
        || gallery_whole(regexp_replace(file_name, '(.)\.[A-Za-z0-9]{1,5}$', '\1')) || ':1C' END
)::tsvector;
"""

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

# Five queries, best first: (0) the whole title or file name, (1) all words, (2) all words, where the
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

# What matches a better grade; null for the best.
BETTER_GRADES = r"""
CREATE FUNCTION gallery_better_grades(value text, grade int) RETURNS tsquery
IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN (SELECT string_agg('(' || gallery_grade(value, better)::text || ')', ' | ')::tsquery
    FROM generate_series(0, grade - 1) AS better);
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

COLUMN = r"""
ALTER TABLE gallery_image ADD COLUMN words tsvector GENERATED ALWAYS AS
    (gallery_image_words(title, caption, file_name, camera, lens, metadata)) STORED;
CREATE INDEX image_words ON gallery_image USING gin (words) WITH (gin_pending_list_limit = 512);
"""

FUNCTIONS = {
    "gallery_fold(text)": FOLD,
    "gallery_words(text)": WORDS,
    "gallery_file_name_words(text)": FILE_NAME_WORDS,
    "gallery_metadata_text(jsonb)": METADATA_TEXT,
    "gallery_whole(text)": WHOLE,
    "gallery_lexemes(text, text, int)": LEXEMES,
    "gallery_image_words(text, text, text, text, text, jsonb)": VECTOR,
    "gallery_query_words(text)": QUERY_WORDS,
    "gallery_word_queries(text, boolean)": WORD_QUERIES,
    "gallery_phrase(text, text)": PHRASE,
    "gallery_all_words(text, boolean)": ALL_WORDS,
    "gallery_any_word(text, boolean)": ANY_WORD,
    "gallery_all_but_one(text)": ALL_BUT_ONE,
    "gallery_whole_query(text)": WHOLE_QUERY,
    "gallery_grade(text, int)": GRADE,
    "gallery_better_grades(text, int)": BETTER_GRADES,
    "gallery_excluded(text)": EXCLUDED,
    "gallery_coverage(tsvector, tsquery[])": COVERAGE,
}


class Migration(migrations.Migration):
    dependencies = [("gallery", "0005_search_foundation")]

    operations = [
        *(
            migrations.RunSQL([definition], f"DROP FUNCTION {signature}")
            for signature, definition in FUNCTIONS.items()
        ),
        migrations.RunSQL(COLUMN, "ALTER TABLE gallery_image DROP COLUMN words"),
    ]
