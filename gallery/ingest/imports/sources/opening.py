"""Opens the source of an import, and notices when its file is another one than at the start."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from gallery.core.errors import SourceChanged, SourceMissing
from gallery.ingest.imports.sources.archive import Archive
from gallery.ingest.imports.sources.base import Source
from gallery.ingest.imports.sources.folder import Folder
from gallery.ingest.imports.sources.tables.delimited import DelimitedTable
from gallery.ingest.imports.sources.tables.json_lines import JsonLines
from gallery.ingest.imports.sources.tables.parquet import ParquetTable
from gallery.ingest.imports.sources.watched import WatchedFolder
from gallery.models import ImportJob, SourceKind

_HEAD = 64 << 10
KINDS = {
    ".zip": SourceKind.ZIP,
    ".csv": SourceKind.CSV,
    ".tsv": SourceKind.TSV,
    ".jsonl": SourceKind.JSONL,
    ".ndjson": SourceKind.JSONL,
    ".parquet": SourceKind.PARQUET,
}
_FOLDERS = (SourceKind.FOLDER, SourceKind.WATCHED)


def refuse_changed(job: ImportJob) -> None:
    """Raises ``SourceChanged`` and ``SourceMissing``."""
    if job.kind not in _FOLDERS and stamp_of(job.paths) != job.stamp:
        raise SourceChanged("The file has changed since the import began.")


def open_source(job: ImportJob) -> Source:
    """Raises ``SourceMissing`` and ``SourceUnreadable``."""
    path = Path(job.source)
    # The folder of an uploaded table holds the uploads of others.
    folder = None if job.is_uploaded else path.parent
    match job.kind:
        case SourceKind.FOLDER:
            return Folder(path, job.total)
        case SourceKind.WATCHED:
            return WatchedFolder(path, job)
        case SourceKind.ZIP:
            return Archive(job.paths)
        case SourceKind.JSONL:
            return JsonLines(path, folder)
        case SourceKind.PARQUET:
            return ParquetTable(path, folder)
        case SourceKind.TSV:
            return DelimitedTable(path, folder, delimiter="\t")
    return DelimitedTable(path, folder)


def stamp_of(paths: Sequence[Path]) -> str:
    """Size, time of the last change and a hash of the beginning; of several files, a hash of all
    these. Raises ``SourceMissing``."""
    stamps = [_stamp_of(path) for path in paths]
    return stamps[0] if len(stamps) == 1 else hashlib.sha256("\n".join(stamps).encode()).hexdigest()


def _stamp_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            head = hashlib.sha256(file.read(_HEAD)).hexdigest()[:32]
        status = path.stat()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the name is not valid"
        raise SourceMissing(f"The file cannot be opened: {reason}.") from None
    return f"{status.st_size} {status.st_mtime_ns} {head}"
