"""SQL functions of migration 0019: the words of a file name belong to the owner of the picture.

They are stored as lexemes that begin with whom they are for: "7/beach" for the user 7, and "*/beach"
for superusers. No word of a text contains a slash, so only ``gallery_with_file_names`` makes queries
that find them.
"""

from gallery.migrations.full_text import text_queries, words

# Each lexeme of a tsvector or tsquery in text format, for this owner.
OWNED = r"""
CREATE FUNCTION gallery_owned(lexemes text, owner text) RETURNS text
IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN regexp_replace(lexemes, '''((?:[^'']|'''')*)''', '''' || owner || '/\1''', 'g');
"""

# What a query finds, and what it finds in file names of an owner's pictures. "" stands for no owner,
# "*" for all owners.
WITH_FILE_NAMES = r"""
CREATE FUNCTION gallery_with_file_names(query tsquery, owner text) RETURNS tsquery
IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN CASE WHEN owner = '' THEN query
    ELSE query || gallery_owned(query::text, owner)::tsquery END;
"""

FILE_NAME_LEXEMES = r"""
CREATE FUNCTION gallery_file_name_lexemes(file_name text) RETURNS text
IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN CASE WHEN file_name <> '' THEN concat_ws(' ',
    gallery_lexemes(gallery_file_name_words(file_name), 'C', 8000),
    gallery_whole(file_name) || ':1C',
    gallery_whole(regexp_replace(file_name, '(.)\.[A-Za-z0-9]{1,5}$', '\1')) || ':1C') END;
"""

# As before, but the file name is for its owner and for superusers.
VECTOR = r"""
CREATE FUNCTION gallery_image_words(
    title text, caption text, file_name text, camera text, lens text, metadata jsonb, owner text
) RETURNS tsvector IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN concat_ws(' ',
    gallery_lexemes(gallery_words(title), 'A', 0),
    gallery_lexemes(gallery_words(left(caption, 3000)), 'B', 1000),
    gallery_owned(gallery_file_name_lexemes(file_name), '*'),
    gallery_owned(gallery_file_name_lexemes(file_name), owner),
    gallery_lexemes(gallery_words(camera || ' ' || lens), 'D', 10000),
    CASE WHEN metadata <> '{}' THEN
        gallery_lexemes(gallery_words(gallery_metadata_text(metadata)), 'D', 11000) END,
    CASE WHEN title <> '' THEN gallery_whole(title) || ':1A' END
)::tsvector;
"""

_SIGNATURE = "value text, common tsvector,"
_WORDS = "coalesce(gallery_word_queries(value, {begun}), '{{}}')"
_WORDS_OF_OWNER = """ARRAY(SELECT gallery_with_file_names(query, owner)
        FROM unnest(gallery_word_queries(value, {begun})) WITH ORDINALITY AS each(query, place)
        ORDER BY place)"""


def _text_queries() -> str:
    definition = text_queries.TEXT_QUERIES.replace(_SIGNATURE, f"{_SIGNATURE} owner text,")
    for begun in ("false", "true"):
        definition = definition.replace(
            _WORDS.format(begun=begun), _WORDS_OF_OWNER.format(begun=begun)
        )
    whole = "gallery_whole_query(value)"
    return definition.replace(whole, f"gallery_with_file_names({whole}, owner)")


NEW = {
    "gallery_owned(text, text)": OWNED,
    "gallery_with_file_names(tsquery, text)": WITH_FILE_NAMES,
    "gallery_file_name_lexemes(text)": FILE_NAME_LEXEMES,
    "gallery_image_words(text, text, text, text, text, jsonb, text)": VECTOR,
    "gallery_text_queries(text, tsvector, text)": _text_queries(),
}
REPLACED = {
    "gallery_image_words(text, text, text, text, text, jsonb)": words.VECTOR,
    "gallery_text_queries(text, tsvector)": text_queries.TEXT_QUERIES,
}
