"""The database is emptied after a test that commits by deleting rows of the tables that have some.

Django truncates all tables and creates its own rows again, which takes longer than most tests do.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management.commands import flush
from django.db import connection, transaction

# Of all tables together, with rows that were deleted. Above it, or once statistics were collected,
# Django's way is better: plans of later tests would depend on what was in the tables before.
_MOST_PAGES = 100
# Their rows describe the models and are the same for every test.
_KEPT = {"django_content_type", "auth_permission"}


@pytest.fixture(scope="session", autouse=True)
def quick_flush() -> Iterator[None]:
    """Replaces the command ``flush``, which Django runs after each test that commits."""
    truncate_all = flush.Command.handle

    def handle(self: flush.Command, **options: Any) -> None:
        if not _delete_rows():
            truncate_all(self, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush.Command, "handle", handle)
        yield


def _delete_rows() -> bool:
    """False if the tables are too large for it; then nothing is deleted."""
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    tables = sorted(set(names) - _KEPT)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(pg_relation_size(oid)), 0) > %s OR bool_or(reltuples > 0)"
            " FROM pg_class WHERE oid = ANY(%s::regclass[])",
            [_MOST_PAGES * 8192, tables],
        )
        if cursor.fetchone()[0]:
            return False
        quoted = [connection.ops.quote_name(table) for table in tables]
        # Waits for requests that have not ended, and sees what they wrote.
        cursor.execute("LOCK TABLE " + ", ".join(quoted) + " IN SHARE MODE")
        cursor.execute("SELECT " + ", ".join(f"EXISTS (SELECT FROM {name})" for name in quoted))
        have_rows = cursor.fetchone()
        # Without foreign keys and triggers, because every table that has rows is emptied.
        cursor.execute("SET LOCAL session_replication_role = replica")
        for name, has_rows in zip(quoted, have_rows, strict=True):
            if has_rows:
                cursor.execute(f"DELETE FROM {name}")
    return True
