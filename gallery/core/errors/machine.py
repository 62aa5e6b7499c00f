"""Errors of the disk, the database and the cache."""

from gallery.core.errors.base import GalleryError


class CacheUnavailable(GalleryError):
    """What a request needs is in the cache, which does not answer."""

    code = "cache_unavailable"
    status = 503
    retry_after = 10


class StorageUnavailable(GalleryError):
    code = "storage_unavailable"
    status = 503


class StorageFull(GalleryError):
    code = "storage_full"
    status = 507


class NoSpaceForBody(StorageFull):
    """The temporary folder has no space for the body of the request right now."""

    code = "no_space_for_body"
    retry_after = 10


class BackupFailed(GalleryError):
    """A backup or a restore was not completed; what existed before is unchanged."""

    code = "backup_failed"


class ExportFailed(GalleryError):
    """An export was not completed; a repetition continues it."""

    code = "export_failed"


class DatabaseUnavailable(GalleryError):
    """PostgreSQL does not answer, or cannot do what was requested at the moment."""

    code = "database_unavailable"
    status = 503
    retry_after = 2


class DatabaseTimeout(GalleryError):
    """A statement took longer than a request may wait."""

    code = "database_timeout"
    status = 504


class ExtensionTooOld(GalleryError):
    """The server's pgvector has a fault because of which an index is not built."""

    code = "pgvector_too_old"
    status = 503
