"""SQL of migration 0026: the decisions about an image outlive it, without the image.

The function runs with the rights of the role that owns the tables, as those of migration 0016.
"""

from gallery.migrations.tags.columns import schema_of

# The image is there still: a row that refers to it is deleted before it.
_CREATE = """
CREATE FUNCTION {schema}.gallery_archive_decisions() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
    INSERT INTO {schema}.gallery_archiveddecision
        (sha256, source, action, after, detail, note, decided_by_id, decided_at)
    SELECT i.sha256, d.source, d.action, d.after, d.detail, d.note, d.decided_by_id, d.created_at
    FROM deleted AS d JOIN {schema}.gallery_image i ON i.id = d.image_id
    WHERE d.source <> 'check'
    ORDER BY d.id;
    RETURN NULL;
END
$body$;

CREATE TRIGGER archive_decisions AFTER DELETE ON {schema}.gallery_moderationdecision
REFERENCING OLD TABLE AS deleted
FOR EACH STATEMENT EXECUTE FUNCTION {schema}.gallery_archive_decisions();
"""
_DROP = """
DROP TRIGGER archive_decisions ON {schema}.gallery_moderationdecision;
DROP FUNCTION {schema}.gallery_archive_decisions();
"""


def create(apps, schema_editor):
    schema_editor.execute(_CREATE.format(schema=schema_of(schema_editor)), None)


def drop(apps, schema_editor):
    schema_editor.execute(_DROP.format(schema=schema_of(schema_editor)), None)
