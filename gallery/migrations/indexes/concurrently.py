"""An index that is built while pictures are uploaded. Its migration is not atomic: one that was killed
runs again from its beginning."""

from django.contrib.postgres.operations import AddIndexConcurrently


class AddIndex(AddIndexConcurrently):
    """Replaces what an earlier run left: a complete index, or one that is not valid."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        self._ensure_not_in_transaction(schema_editor)
        name = schema_editor.quote_name(self.index.name)
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        super().database_forwards(app_label, schema_editor, from_state, to_state)
