"""Full text of pictures: SQL functions that make words, the column ``words`` and its index.

The column is not a field of the model, so that no query loads it (docs/decisions/0009). Adding it
rewrites the table ``gallery_image`` under a lock.
"""

from django.db import migrations

from gallery.migrations.full_text import queries, words

COLUMN = """
ALTER TABLE gallery_image ADD COLUMN words tsvector GENERATED ALWAYS AS
    (gallery_image_words(title, caption, file_name, camera, lens, metadata)) STORED;
CREATE INDEX image_words ON gallery_image USING gin (words) WITH (gin_pending_list_limit = 512);
"""


class Migration(migrations.Migration):
    dependencies = [("gallery", "0006_image_facts")]

    operations = [
        # A list, because Django would split a text at each semicolon.
        *(
            migrations.RunSQL([definition], f"DROP FUNCTION {signature}")
            for signature, definition in {**words.FUNCTIONS, **queries.FUNCTIONS}.items()
        ),
        migrations.RunSQL(COLUMN, "ALTER TABLE gallery_image DROP COLUMN words"),
    ]
