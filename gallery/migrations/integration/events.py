"""SQL of migration 0039: triggers that write events, in the transaction of the change.

The functions run with the rights of the role that owns the tables, as those of migration 0016.
"""

from gallery.migrations.tags.columns import schema_of

_TRIGGERS = """
CREATE FUNCTION {schema}.gallery_note_event() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
    image {schema}.gallery_image;
    names text[] := '{{}}';
BEGIN
    IF TG_OP = 'DELETE' THEN
        image := OLD;
        names := ARRAY['image.deleted'];
    ELSE
        image := NEW;
        IF TG_OP = 'INSERT' THEN
            names := ARRAY['image.created'];
        END IF;
        IF image.state = 'ready' THEN
            names := names || 'image.ready'::text;
        ELSIF image.state IN ('failed', 'quarantined') THEN
            names := names || 'image.failed'::text;
        END IF;
    END IF;
    INSERT INTO {schema}.gallery_event (transaction, name, image_id, owner_id)
    SELECT pg_current_xact_id()::text::bigint, name, image.id,
        CASE WHEN TG_OP = 'DELETE' AND image.moderation = 'blocked' THEN NULL ELSE image.owner_id END
    FROM unnest(names) WITH ORDINALITY AS each(name, place) ORDER BY place;
    RETURN NULL;
END
$body$;

CREATE TRIGGER note_created AFTER INSERT ON {schema}.gallery_image
FOR EACH ROW EXECUTE FUNCTION {schema}.gallery_note_event();

CREATE TRIGGER note_processed AFTER UPDATE OF state ON {schema}.gallery_image
FOR EACH ROW WHEN (
    OLD.state IS DISTINCT FROM NEW.state AND NEW.state IN ('ready', 'failed', 'quarantined')
) EXECUTE FUNCTION {schema}.gallery_note_event();

CREATE TRIGGER note_deleted AFTER DELETE ON {schema}.gallery_image
FOR EACH ROW EXECUTE FUNCTION {schema}.gallery_note_event();

CREATE FUNCTION {schema}.gallery_note_import() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
    INSERT INTO {schema}.gallery_event (transaction, name, import_id, owner_id)
    VALUES (pg_current_xact_id()::text::bigint, TG_ARGV[0], NEW.id, NEW.owner_id);
    RETURN NULL;
END
$body$;

CREATE TRIGGER note_finished AFTER UPDATE OF completed_at ON {schema}.gallery_importjob
FOR EACH ROW WHEN (OLD.completed_at IS NULL AND NEW.completed_at IS NOT NULL)
EXECUTE FUNCTION {schema}.gallery_note_import('import.finished');

CREATE TRIGGER note_stopped AFTER UPDATE OF problem_code ON {schema}.gallery_importjob
FOR EACH ROW WHEN (NEW.problem_code <> '' AND OLD.problem_code IS DISTINCT FROM NEW.problem_code)
EXECUTE FUNCTION {schema}.gallery_note_import('import.stopped');
"""
_DROP = """
DROP TRIGGER note_created ON {schema}.gallery_image;
DROP TRIGGER note_processed ON {schema}.gallery_image;
DROP TRIGGER note_deleted ON {schema}.gallery_image;
DROP FUNCTION {schema}.gallery_note_event();
DROP TRIGGER note_finished ON {schema}.gallery_importjob;
DROP TRIGGER note_stopped ON {schema}.gallery_importjob;
DROP FUNCTION {schema}.gallery_note_import();
"""


def create(apps, schema_editor):
    schema_editor.execute(_TRIGGERS.format(schema=schema_of(schema_editor)), None)


def drop(apps, schema_editor):
    schema_editor.execute(_DROP.format(schema=schema_of(schema_editor)), None)
