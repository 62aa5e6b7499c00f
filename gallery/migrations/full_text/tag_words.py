"""The SQL function of migration 0024: the names of an image's tags are words of the image."""

from gallery.migrations.full_text import owned_names

_LAST = "CASE WHEN title <> '' THEN gallery_whole(title)"
# The names begin at the position 14000, behind the metadata. They are cut like these, so that the
# positions of their words stay below 16383.
_NAMES = """CASE WHEN tag_names <> '' THEN
        gallery_lexemes(gallery_words(left(tag_names, 2000)), 'D', 14000) END,
    """
VECTOR = owned_names.VECTOR.replace("owner text\n)", "owner text, tag_names text\n)").replace(
    _LAST, _NAMES + _LAST
)

OLD = "gallery_image_words(text, text, text, text, text, jsonb, text)"
NEW = "gallery_image_words(text, text, text, text, text, jsonb, text, text)"
