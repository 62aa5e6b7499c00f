"""Is everything up that an upload and a search need?"""

from __future__ import annotations

from django.db import Error, connection
from redis.exceptions import RedisError

from gallery.operations import heartbeat


def report() -> dict[str, str]:
    """A reason per component that is down; empty when all is well."""
    return {**_database(), **_broker_and_workers()}


def _database() -> dict[str, str]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT extversion FROM pg_extension WHERE extname = 'vector'")
            if cursor.fetchone() is None:
                return {"database": "the extension vector is not installed"}
    except Error:
        return {"database": "PostgreSQL does not answer"}
    return {}


def _broker_and_workers() -> dict[str, str]:
    try:
        missing = heartbeat.missing()
    except RedisError:
        return {"broker": "Redis does not answer", "workers": "unknown without Redis"}
    return {f"worker {queue}": "no worker has reported within 12 seconds" for queue in missing}
