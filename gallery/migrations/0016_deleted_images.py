"""The database notes each deleted image, so that its files are removed whoever deleted it.

The functions run with the rights of the role that owns the tables (SECURITY DEFINER), because a
role that may delete images may have no rights on the notes.
"""

from __future__ import annotations

from django.db import migrations, models
from django.db.models.functions import Now

_FUNCTIONS = """
CREATE FUNCTION {schema}.gallery_note_deleted_images() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
    INSERT INTO {schema}.gallery_deletedimage (image_id, original)
    SELECT id, original FROM deleted_images
    ON CONFLICT (image_id) DO NOTHING;
    RETURN NULL;
END
$body$;

CREATE FUNCTION {schema}.gallery_note_truncated_images() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
    INSERT INTO {schema}.gallery_deletedimage (image_id, original)
    SELECT id, original FROM {schema}.gallery_image
    ON CONFLICT (image_id) DO NOTHING;
    RETURN NULL;
END
$body$;

CREATE TRIGGER note_deleted_images AFTER DELETE ON {schema}.gallery_image
REFERENCING OLD TABLE AS deleted_images
FOR EACH STATEMENT EXECUTE FUNCTION {schema}.gallery_note_deleted_images();

CREATE TRIGGER note_truncated_images BEFORE TRUNCATE ON {schema}.gallery_image
FOR EACH STATEMENT EXECUTE FUNCTION {schema}.gallery_note_truncated_images();
"""
_DROP = """
DROP TRIGGER note_deleted_images ON {schema}.gallery_image;
DROP TRIGGER note_truncated_images ON {schema}.gallery_image;
DROP FUNCTION {schema}.gallery_note_deleted_images();
DROP FUNCTION {schema}.gallery_note_truncated_images();
"""


def create(apps, schema_editor):
    schema_editor.execute(_FUNCTIONS.format(schema=_schema(schema_editor)), None)


def drop(apps, schema_editor):
    schema_editor.execute(_DROP.format(schema=_schema(schema_editor)), None)


def _schema(schema_editor):
    """The quoted name of the schema of the gallery's tables."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(n.nspname) FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.oid = 'gallery_image'::regclass"
        )
        return cursor.fetchone()[0]


class Migration(migrations.Migration):

    dependencies = [
        ("gallery", "0015_accounts"),
    ]

    operations = [
        migrations.CreateModel(
            name="DeletedImage",
            fields=[
                ("image_id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("original", models.CharField(editable=False, max_length=120)),
                ("deleted_at", models.DateTimeField(db_default=Now(), editable=False)),
                ("next_attempt_at", models.DateTimeField(db_default=Now(), editable=False)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["next_attempt_at"], name="deleted_image_due")
                ],
            },
        ),
        migrations.RunPython(create, drop),
    ]
