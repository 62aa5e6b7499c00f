"""An index of the words of titles: a search finds them among a million pictures with these words.

One function makes all queries of a text; it replaces those that made one query each.
"""

from django.db import migrations

from gallery.migrations.full_text import queries, text_queries

INDEX = """
CREATE INDEX image_title_words ON gallery_image USING gin (ts_filter(words, '{a}'))
    WITH (gin_pending_list_limit = 128);
"""
# The subquery keeps PostgreSQL from inlining the function, which would take 0.3 ms of planning.
HAS_WORD = """
CREATE FUNCTION gallery_has_word(value text, query tsquery) RETURNS boolean
IMMUTABLE PARALLEL SAFE LANGUAGE sql
RETURN (SELECT gallery_lexemes(gallery_words(value), 'D', 0)::tsvector @@ query);
"""
UNUSED = (
    "gallery_grade(text, int)",
    "gallery_all_but_one(text)",
    "gallery_any_word(text, boolean)",
    "gallery_coverage(tsvector, tsquery[])",
)


class Migration(migrations.Migration):
    dependencies = [("gallery", "0011_unrelated")]

    operations = [
        migrations.RunSQL(INDEX, "DROP INDEX image_title_words"),
        migrations.RunSQL([HAS_WORD], "DROP FUNCTION gallery_has_word(text, tsquery)"),
        *(
            migrations.RunSQL(f"DROP FUNCTION {signature}", [queries.FUNCTIONS[signature]])
            for signature in UNUSED
        ),
        migrations.RunSQL(
            [text_queries.WORD_QUERIES],
            [queries.WORD_QUERIES.replace("CREATE", "CREATE OR REPLACE")],
        ),
        *(
            migrations.RunSQL([definition], f"DROP FUNCTION {signature}")
            for signature, definition in text_queries.FUNCTIONS.items()
        ),
    ]
