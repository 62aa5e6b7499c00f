"""Errors of bulk imports: of a request for one, of its source, and of single rows."""

from gallery.core.errors.base import GalleryError, InvalidInput
from gallery.core.errors.jobs import NotNow


class ImportRefused(InvalidInput):
    """The source is not one that this person may import, or of an unknown kind."""

    code = "import_refused"
    status = 422


class TooManyImports(GalleryError):
    """The person has ``limit`` imports that are not complete."""

    code = "too_many_imports"
    status = 409


class ImportNotRunning(NotNow):
    code = "import_not_running"


class ImportNotPaused(NotNow):
    code = "import_not_paused"


class ImportBeingDeleted(NotNow):
    code = "import_being_deleted"


class SourceMissing(GalleryError):
    """The folder or file does not exist or cannot be opened."""

    code = "source_missing"
    status = 422


class SourceChanged(GalleryError):
    """The file is another one than the import began with."""

    code = "source_changed"
    status = 409


class SourceUnreadable(GalleryError):
    """The file is not what its name says, or is not safe to read."""

    code = "source_unreadable"
    status = 422


class RowError(InvalidInput):
    """The reason for a row without a picture. Its place and message are in the report."""

    code = "bad_row"


class NoPlace(RowError):
    code = "no_place"


class UnsafePath(RowError):
    """The path leads out of the folder of the table, or there is no such folder."""

    code = "unsafe_path"


class NotAUrl(RowError):
    code = "not_a_url"


class FileMissing(RowError):
    code = "file_missing"


class FileUnreadable(RowError):
    """The disk or the network refused to read the file, perhaps for a short time."""

    code = "file_unreadable"


class NestedArchive(RowError):
    code = "nested_archive"


class EncryptedFile(RowError):
    code = "encrypted_file"


class SuspiciousCompression(RowError):
    """The file says that it becomes far larger than pictures do."""

    code = "suspicious_compression"


class Interrupted(RowError):
    """The process was killed each time it worked on the row."""

    code = "interrupted"


class DamagedArchive(RowError):
    """The archive does not contain the bytes that it lists."""

    code = "damaged_archive"


class Trashed(RowError):
    """The picture is in the trash of the program that exported it."""

    code = "trashed"


class VideoNotImported(RowError):
    code = "video"
