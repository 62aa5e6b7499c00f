"""SQL of migration 0030: a tag that a member added ends with its last use.

A tag that another transaction gives to an image at the same moment is locked by it, and stays.
"""

from gallery.migrations.tags.columns import schema_of

FUNCTION = """
CREATE FUNCTION {schema}.gallery_remove_unused_tags() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
    locked int[];
    unused int[];
BEGIN
    SELECT array_agg(t.id) INTO locked FROM (
        SELECT id FROM {schema}.gallery_tag
        WHERE id IN (SELECT tag_id FROM before) AND NOT is_official AND NOT is_suggested
        ORDER BY id FOR UPDATE SKIP LOCKED
    ) AS t;
    IF locked IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT array_agg(id) INTO unused FROM unnest(locked) AS t(id)
    WHERE NOT EXISTS (SELECT FROM {schema}.gallery_imagetag a WHERE a.tag_id = t.id);
    DELETE FROM {schema}.gallery_tagscoring WHERE tag_id = ANY (unused);
    DELETE FROM {schema}.gallery_tag WHERE id = ANY (unused);
    RETURN NULL;
END
$body$;
"""
_TRIGGER = """
CREATE TRIGGER remove_unused_tags AFTER DELETE ON {schema}.gallery_imagetag
REFERENCING OLD TABLE AS before
FOR EACH STATEMENT EXECUTE FUNCTION {schema}.gallery_remove_unused_tags();
"""
_DROP = """
DROP TRIGGER remove_unused_tags ON {schema}.gallery_imagetag;
DROP FUNCTION {schema}.gallery_remove_unused_tags();
"""


def create(apps, schema_editor):
    schema_editor.execute((FUNCTION + _TRIGGER).format(schema=schema_of(schema_editor)), None)


def drop(apps, schema_editor):
    schema_editor.execute(_DROP.format(schema=schema_of(schema_editor)), None)
