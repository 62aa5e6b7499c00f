"""SQL of migration 0026: ``moderation`` of an image is the state after its last decision, and
``match_images`` finds images that moderation keeps from nobody.

The function runs with the rights of the role that owns the tables, as those of migration 0016.
"""

from importlib import import_module

from gallery.migrations.tags.columns import schema_of

_MATCH_IMAGES = import_module("gallery.migrations.0009_match_images")

_TRIGGER = """
CREATE FUNCTION {schema}.gallery_note_moderation() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
    UPDATE {schema}.gallery_image SET moderation = NEW.after, updated_at = clock_timestamp()
    WHERE id = NEW.image_id AND moderation <> NEW.after;
    RETURN NULL;
END
$body$;

CREATE TRIGGER note_moderation AFTER INSERT ON {schema}.gallery_moderationdecision
FOR EACH ROW EXECUTE FUNCTION {schema}.gallery_note_moderation();
"""
_DROP = """
DROP TRIGGER note_moderation ON {schema}.gallery_moderationdecision;
DROP FUNCTION {schema}.gallery_note_moderation();
"""
_CANDIDATES = "i.visibility = ''public'' AND i.state = ''ready''"
_SHOWN = f"{_CANDIDATES} AND i.moderation = ''visible''"


def create(apps, schema_editor):
    schema_editor.execute(_TRIGGER.format(schema=schema_of(schema_editor)), None)
    _replace_match_images(schema_editor, _SHOWN)


def drop(apps, schema_editor):
    _replace_match_images(schema_editor, _CANDIDATES)
    schema_editor.execute(_DROP.format(schema=schema_of(schema_editor)), None)


def _replace_match_images(schema_editor, candidates):
    """The rights to call it stay."""
    sql = _MATCH_IMAGES._FUNCTION.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    sql = sql.replace(_CANDIDATES, candidates)
    schema_editor.execute(sql.format(**_MATCH_IMAGES._schemas(schema_editor)), None)
