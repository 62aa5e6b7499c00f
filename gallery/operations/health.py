"""Checks the services that uploads and searches need."""

from __future__ import annotations

from django.db import Error, connection
from redis.exceptions import RedisError

from gallery.operations import heartbeat


def report() -> dict[str, str]:
    """Component → reason, for each component that is down; empty if all are up."""
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
    reason = f"no worker has reported within {heartbeat.EXPIRY_SECONDS} seconds"
    return {f"worker {queue}": reason for queue in missing}
