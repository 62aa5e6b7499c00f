"""Words of a file name are found by the owner of the picture and by superusers only.

Adding the column again rewrites the table ``gallery_image`` under a lock.
"""

from django.db import migrations

from gallery.migrations.full_text import owned_names

_DROP = "ALTER TABLE gallery_image DROP COLUMN words"
_INDEXES = """
CREATE INDEX image_words ON gallery_image USING gin (words) WITH (gin_pending_list_limit = 512);
CREATE INDEX image_title_words ON gallery_image USING gin (ts_filter(words, '{a}'))
    WITH (gin_pending_list_limit = 128);
ANALYZE gallery_image;
"""


def _column(owner: str = "") -> str:
    return f"""
ALTER TABLE gallery_image ADD COLUMN words tsvector GENERATED ALWAYS AS
    (gallery_image_words(title, caption, file_name, camera, lens, metadata{owner})) STORED;
{_INDEXES}"""


class Migration(migrations.Migration):
    dependencies = [("gallery", "0018_turns")]

    operations = [
        migrations.RunSQL(_DROP, _column()),
        *(
            migrations.RunSQL(f"DROP FUNCTION {signature}", [definition])
            for signature, definition in owned_names.REPLACED.items()
        ),
        *(
            migrations.RunSQL([definition], f"DROP FUNCTION {signature}")
            for signature, definition in owned_names.NEW.items()
        ),
        migrations.RunSQL(_column(", owner_id::text"), _DROP),
    ]
