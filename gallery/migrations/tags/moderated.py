"""SQL of migration 0044: a tag that a rule or a decision of moderation names outlives its last use.

The history keeps its tag, by which a rule does not act twice. A new reference waits for the lock on
the tag, or the tag is skipped.
"""

from gallery.migrations.tags import unused
from gallery.migrations.tags.columns import schema_of

_UNUSED = "WHERE NOT EXISTS (SELECT FROM {schema}.gallery_imagetag a WHERE a.tag_id = t.id)"
_UNNAMED = """
    AND NOT EXISTS (SELECT FROM {schema}.gallery_moderationrule r WHERE r.tag_id = t.id)
    AND NOT EXISTS (SELECT FROM {schema}.gallery_moderationdecision d WHERE d.tag_id = t.id)"""
_BEFORE = unused.FUNCTION.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
_AFTER = _BEFORE.replace(_UNUSED, _UNUSED + _UNNAMED)


def replace(apps, schema_editor):
    schema_editor.execute(_AFTER.format(schema=schema_of(schema_editor)), None)


def restore(apps, schema_editor):
    schema_editor.execute(_BEFORE.format(schema=schema_of(schema_editor)), None)
