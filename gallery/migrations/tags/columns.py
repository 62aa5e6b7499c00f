"""SQL of migration 0023: ``tag_ids`` and ``tag_names`` of an image are those of its approved tags.

The functions run with the rights of the role that owns the tables, as those of migration 0016.
"""

# Locks the images in the order of their keys, as all workers do. The second statement sees what
# another transaction, for which the first one waited, has committed.
_FUNCTIONS = """
CREATE FUNCTION {schema}.gallery_refresh_tags(images uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
    PERFORM FROM {schema}.gallery_image WHERE id = ANY (images) ORDER BY id FOR NO KEY UPDATE;
    UPDATE {schema}.gallery_image i
    SET tag_ids = tags.ids, tag_names = tags.names, updated_at = clock_timestamp()
    FROM (
        SELECT image.id,
            coalesce(array_agg(t.id ORDER BY t.id) FILTER (WHERE t.id IS NOT NULL), '{{}}') AS ids,
            coalesce(string_agg(concat_ws(E'\\n', t.name, nullif(t.name_zh, '')), E'\\n'
                ORDER BY t.name), '') AS names
        FROM unnest(images) AS image(id)
        LEFT JOIN {schema}.gallery_imagetag a ON a.image_id = image.id AND a.state = 'approved'
        LEFT JOIN {schema}.gallery_tag t ON t.id = a.tag_id
        GROUP BY image.id
    ) AS tags
    WHERE i.id = tags.id AND (i.tag_ids, i.tag_names) IS DISTINCT FROM (tags.ids, tags.names);
END
$body$;

CREATE FUNCTION {schema}.gallery_note_changed_tags() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
    images uuid[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(DISTINCT image_id) INTO images FROM after WHERE state = 'approved';
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(DISTINCT image_id) INTO images FROM before WHERE state = 'approved';
    ELSE
        SELECT array_agg(DISTINCT image_id) INTO images FROM (
            SELECT image_id, tag_id, state = 'approved' AS approved FROM after
            EXCEPT SELECT image_id, tag_id, state = 'approved' FROM before
            UNION (SELECT image_id, tag_id, state = 'approved' FROM before
            EXCEPT SELECT image_id, tag_id, state = 'approved' FROM after)
        ) AS changed;
    END IF;
    IF images IS NOT NULL THEN
        PERFORM {schema}.gallery_refresh_tags(images);
    END IF;
    RETURN NULL;
END
$body$;

CREATE FUNCTION {schema}.gallery_note_renamed_tags() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
    PERFORM {schema}.gallery_refresh_tags(array_agg(DISTINCT image_id))
    FROM {schema}.gallery_imagetag WHERE tag_id = NEW.id AND state = 'approved'
    HAVING count(*) > 0;
    RETURN NULL;
END
$body$;

CREATE TRIGGER note_added_tags AFTER INSERT ON {schema}.gallery_imagetag
REFERENCING NEW TABLE AS after
FOR EACH STATEMENT EXECUTE FUNCTION {schema}.gallery_note_changed_tags();

CREATE TRIGGER note_changed_tags AFTER UPDATE ON {schema}.gallery_imagetag
REFERENCING OLD TABLE AS before NEW TABLE AS after
FOR EACH STATEMENT EXECUTE FUNCTION {schema}.gallery_note_changed_tags();

CREATE TRIGGER note_removed_tags AFTER DELETE ON {schema}.gallery_imagetag
REFERENCING OLD TABLE AS before
FOR EACH STATEMENT EXECUTE FUNCTION {schema}.gallery_note_changed_tags();

CREATE TRIGGER note_renamed_tags AFTER UPDATE ON {schema}.gallery_tag
FOR EACH ROW WHEN ((OLD.name, OLD.name_zh) IS DISTINCT FROM (NEW.name, NEW.name_zh))
EXECUTE FUNCTION {schema}.gallery_note_renamed_tags();
"""
_DROP = """
DROP TRIGGER note_renamed_tags ON {schema}.gallery_tag;
DROP TRIGGER note_removed_tags ON {schema}.gallery_imagetag;
DROP TRIGGER note_changed_tags ON {schema}.gallery_imagetag;
DROP TRIGGER note_added_tags ON {schema}.gallery_imagetag;
DROP FUNCTION {schema}.gallery_note_renamed_tags();
DROP FUNCTION {schema}.gallery_note_changed_tags();
DROP FUNCTION {schema}.gallery_refresh_tags(uuid[]);
"""


def create(apps, schema_editor):
    schema_editor.execute(_FUNCTIONS.format(schema=schema_of(schema_editor)), None)


def drop(apps, schema_editor):
    schema_editor.execute(_DROP.format(schema=schema_of(schema_editor)), None)


def schema_of(schema_editor):
    """The quoted name of the schema of the gallery's tables."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(n.nspname) FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.oid = 'gallery_image'::regclass"
        )
        return cursor.fetchone()[0]
