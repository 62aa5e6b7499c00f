"""The names of tags are found by words.

Adding the column again rewrites the table ``gallery_image`` under a lock.
"""

from django.db import migrations

from gallery.migrations.full_text import owned_names, tag_words

_DROP = "ALTER TABLE gallery_image DROP COLUMN words"
_INDEXES = """
CREATE INDEX image_words ON gallery_image USING gin (words) WITH (gin_pending_list_limit = 512);
CREATE INDEX image_title_words ON gallery_image USING gin (ts_filter(words, '{a}'))
    WITH (gin_pending_list_limit = 128);
ANALYZE gallery_image;
"""


def _column(tag_names: str = "") -> str:
    fields = f"title, caption, file_name, camera, lens, metadata, owner_id::text{tag_names}"
    return f"""
ALTER TABLE gallery_image ADD COLUMN words tsvector GENERATED ALWAYS AS
    (gallery_image_words({fields})) STORED;
{_INDEXES}"""


class Migration(migrations.Migration):
    dependencies = [("gallery", "0023_tags")]

    operations = [
        migrations.RunSQL(_DROP, _column()),
        migrations.RunSQL(f"DROP FUNCTION {tag_words.OLD}", [owned_names.VECTOR]),
        migrations.RunSQL([tag_words.VECTOR], f"DROP FUNCTION {tag_words.NEW}"),
        migrations.RunSQL(_column(", tag_names"), _DROP),
    ]
