"""SQL functions that turn texts into words, and an image into the lexemes of its column ``words``."""

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

FUNCTIONS = {
    "gallery_fold(text)": FOLD,
    "gallery_words(text)": WORDS,
    "gallery_file_name_words(text)": FILE_NAME_WORDS,
    "gallery_metadata_text(jsonb)": METADATA_TEXT,
    "gallery_whole(text)": WHOLE,
    "gallery_lexemes(text, text, int)": LEXEMES,
    "gallery_image_words(text, text, text, text, text, jsonb)": VECTOR,
}
