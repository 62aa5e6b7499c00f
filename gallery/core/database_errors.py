"""Which errors of the database are no fault of the program, and what they mean for a request."""

from __future__ import annotations

from django.db import DatabaseError, InterfaceError, OperationalError

from gallery.core.errors import DatabaseTimeout, DatabaseUnavailable, GalleryError, StorageFull

# SQLSTATE codes of PostgreSQL.
_QUERY_CANCELED = "57014"
_DISK_FULL = "53100"
_READ_ONLY = "25006"  # a standby that has not taken over yet


def database_error(error: BaseException) -> GalleryError | None:
    """The error to answer with; None if it is not about the state of the database."""
    if not isinstance(error, DatabaseError | InterfaceError):
        return None
    sqlstate = getattr(error.__cause__, "sqlstate", None)
    if sqlstate == _QUERY_CANCELED:
        return DatabaseTimeout("The database needed too long for this request.")
    if sqlstate == _DISK_FULL:
        return StorageFull("The disk of the database is full.")
    if isinstance(error, OperationalError | InterfaceError) or sqlstate == _READ_ONLY:
        return DatabaseUnavailable("The database is not available right now.")
    return None
