"""An index of the words of titles, and functions that read rare words only.

A search finds a title among a million pictures with the same words, and no query reads the rows of
all pictures that have a common word (docs/decisions/0010).
"""

from django.db import migrations

from gallery.migrations.full_text import queries, rare_words

INDEX = """
CREATE INDEX image_title_words ON gallery_image USING gin (ts_filter(words, '{a}'))
    WITH (gin_pending_list_limit = 128);
"""
UNUSED = ("gallery_grade(text, int)", "gallery_all_but_one(text)", "gallery_coverage(tsvector, tsquery[])")


class Migration(migrations.Migration):
    dependencies = [("gallery", "0010_filters")]

    operations = [
        migrations.RunSQL(INDEX, "DROP INDEX image_title_words"),
        *(
            migrations.RunSQL(f"DROP FUNCTION {signature}", [queries.FUNCTIONS[signature]])
            for signature in UNUSED
        ),
        *(
            migrations.RunSQL([definition], f"DROP FUNCTION {signature}")
            for signature, definition in rare_words.FUNCTIONS.items()
        ),
    ]
