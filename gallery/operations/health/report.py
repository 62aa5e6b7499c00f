"""The state of the site: everything that is wrong, or only what keeps it from answering."""

from __future__ import annotations

from django.conf import settings

from gallery.core.config import config
from gallery.operations.health import backup_age, checks
from gallery.operations.health.background import BackgroundCheck
from gallery.operations.health.checks import Reasons

_database = BackgroundCheck("database", checks.database)
_processes = BackgroundCheck("broker", checks.processes)
_backup = BackgroundCheck("backup", backup_age.check)


def report() -> Reasons:
    """Component → reason, for each component that is down; empty if all are up."""
    return {**not_ready(), **_reasons(_processes), **_old_backup()}


def _old_backup() -> Reasons:
    return _reasons(_backup) if config().backup_age else {}


def not_ready() -> Reasons:
    """Why this process cannot answer searches; workers and Redis are not needed for that."""
    return _reasons(_database)


def _reasons(check: BackgroundCheck) -> Reasons:
    # The web process is asked often and by several monitors. Elsewhere threads would be a surprise.
    return check.reasons() if settings.HEALTH_IN_BACKGROUND else check.check()
