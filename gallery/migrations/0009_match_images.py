"""The SQL function match_images, for programs that search in PostgreSQL (docs/sql.md).

The function runs with the rights of the role that owns the tables (SECURITY DEFINER): a role that
may call it needs no right on any table, so it cannot read private images or users. All names in it
carry their schema, and its search_path contains no schema that others can write to.

A vector index is partial: it belongs to one space. PostgreSQL uses it only for a statement with the
same predicate and the same sort expression, both without parameters. So the function takes both
from the catalogue, and makes and plans its statement in each call (EXECUTE).
"""

from django.db import migrations

_FUNCTION = """
CREATE FUNCTION {tables}.match_images(
    query_embedding {vector}.vector(512), match_threshold double precision, match_count integer
)
RETURNS TABLE (id uuid, image text, similarity double precision)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 10
SET search_path = pg_catalog, pg_temp
SET jit = off
-- A search by another order than the index's would read all rows.
SET enable_sort = off
AS $body$
DECLARE
    space integer;
    effort integer;
    index_id oid;
    -- Null without an index: the predicate and the sort expression of the index ...
    condition text;
    sort_key text;
    -- ... and the two settings that a search in it reads, with their values before.
    effort_setting text;
    scan_setting text;
    earlier_effort text;
    earlier_scan text;
BEGIN
    IF query_embedding IS NULL OR match_threshold IS NULL OR match_count IS NULL THEN
        RAISE 'match_images: no argument may be null' USING ERRCODE = '22023';
    END IF;
    -- PostgreSQL does not check the 512 of a parameter's type.
    IF {vector}.vector_dims(query_embedding) <> 512 THEN
        RAISE 'match_images: query_embedding must have 512 dimensions, not %',
            {vector}.vector_dims(query_embedding) USING ERRCODE = '22023';
    END IF;
    IF {vector}.vector_norm(query_embedding) = 0 THEN
        RAISE 'match_images: query_embedding must not be zero' USING ERRCODE = '22023';
    END IF;
    IF NOT match_threshold BETWEEN -1 AND 1 THEN
        RAISE 'match_images: match_threshold must be from -1 to 1' USING ERRCODE = '22023';
    END IF;
    IF NOT match_count BETWEEN 1 AND 1000 THEN
        RAISE 'match_images: match_count must be from 1 to 1000' USING ERRCODE = '22023';
    END IF;

    SELECT s.id, greatest(b.text_effort, b.picture_effort),
            to_regclass('{tables}.' || quote_ident(b.name))
        INTO space, effort, index_id
        FROM {tables}.gallery_embeddingspace s
        LEFT JOIN {tables}.gallery_indexbuild b ON b.space_id = s.id
        WHERE s.active;
    IF space IS NULL THEN
        RETURN;
    END IF;
    SELECT pg_get_expr(x.indpred, x.indrelid),
            pg_get_indexdef(index_id, 1, false) || ' OPERATOR({vector}.<=>) $1::'
                || format_type(a.atttypid, a.atttypmod),
            m.amname || CASE m.amname WHEN 'hnsw' THEN '.ef_search' ELSE '.probes' END,
            m.amname || '.iterative_scan'
        INTO condition, sort_key, effort_setting, scan_setting
        FROM pg_index x
        JOIN pg_class c ON c.oid = x.indexrelid
        JOIN pg_am m ON m.oid = c.relam AND m.amname IN ('ivfflat', 'hnsw')
        JOIN pg_attribute a ON a.attrelid = x.indexrelid AND a.attnum = 1
        JOIN pg_type t ON t.oid = a.atttypid AND t.typname IN ('vector', 'halfvec')
        WHERE x.indexrelid = index_id AND x.indisvalid;
    IF effort_setting IS NOT NULL THEN
        -- Restored below. (SET in the head of the function would do that too, but then only a
        -- superuser could restore a backup.)
        earlier_effort := current_setting(effort_setting);
        earlier_scan := current_setting(scan_setting);
        PERFORM set_config(effort_setting, effort::text, true),
            set_config(scan_setting, 'relaxed_order', true);
    END IF;

    RETURN QUERY EXECUTE format(
        'WITH nearest AS MATERIALIZED ('
        '    SELECT image_id, vector OPERATOR({vector}.<=>) $1 AS distance'
        '    FROM {tables}.gallery_embedding'
        '    WHERE space_id = %s AND %s AND image_id IN ('
        '        SELECT i.id FROM {tables}.gallery_image i'
        '        WHERE i.visibility = ''public'' AND i.state = ''ready'')'
        '    ORDER BY %s LIMIT $2)'
        ' SELECT image_id, ''/files/'' || image_id || ''/large.webp'', 1 - distance'
        -- By another expression than above: an iterative scan returns rows in about the right
        -- order, and PostgreSQL would take it for exact.
        ' FROM nearest WHERE 1 - distance >= $3 ORDER BY 1 - distance DESC, image_id',
        space, coalesce(condition, 'true'), coalesce(sort_key, 'vector OPERATOR({vector}.<=>) $1')
    -- Of length 1, because the distance of very large numbers would overflow.
    ) USING {vector}.l2_normalize(query_embedding), match_count, match_threshold;

    IF effort_setting IS NOT NULL THEN
        PERFORM set_config(effort_setting, earlier_effort, true),
            set_config(scan_setting, earlier_scan, true);
    END IF;
END
$body$
"""
_SIGNATURE = "{tables}.match_images({vector}.vector, double precision, integer)"
_COMMENT = "The public images most similar to a vector of the active embedding space."


def create(apps, schema_editor):
    names = _schemas(schema_editor)
    schema_editor.execute(_FUNCTION.format(**names), None)
    signature = _SIGNATURE.format(**names)
    schema_editor.execute(f"REVOKE EXECUTE ON FUNCTION {signature} FROM PUBLIC")
    schema_editor.execute(f"COMMENT ON FUNCTION {signature} IS '{_COMMENT}'")


def drop(apps, schema_editor):
    schema_editor.execute(f"DROP FUNCTION {_SIGNATURE}".format(**_schemas(schema_editor)))


def _schemas(schema_editor):
    """The quoted names of the schemas of pgvector and of the gallery's tables."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(n.nspname), (SELECT quote_ident(t.nspname) FROM pg_class c"
            " JOIN pg_namespace t ON t.oid = c.relnamespace"
            " WHERE c.oid = 'gallery_embedding'::regclass)"
            " FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace"
            " WHERE e.extname = 'vector'"
        )
        vector, tables = cursor.fetchone()
    return {"vector": vector, "tables": tables}


class Migration(migrations.Migration):

    dependencies = [("gallery", "0008_relevance")]

    operations = [migrations.RunPython(create, drop)]
