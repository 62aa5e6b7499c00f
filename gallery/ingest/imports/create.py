"""Starts an import: of which kind its source is, and who may start how many."""

from __future__ import annotations

import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gallery.core.config import config
from gallery.core.dispatch import Stage, hint
from gallery.core.errors import ImportRefused, InvalidInput, SourceMissing, TooManyImports
from gallery.ingest.duplicates import OnDuplicate
from gallery.ingest.fields import metadata_fields
from gallery.ingest.imports.sources.opening import KINDS, stamp_of
from gallery.models import ImportJob, SourceKind, User
from gallery.models.tags.names import normalised

# Imports of one person that are not complete.
MOST_UNFINISHED = 10
# Each is an open file. Google's are 2 GB or more.
MOST_PARTS = 199
_MOST_TAGS = 50


@dataclass(frozen=True)
class ImportOptions:
    """``visibility`` "" is the site's default. ``embedding_model`` is the fingerprint of the space
    of a table's vectors, where no column says it."""

    visibility: str = ""
    on_duplicate: str = OnDuplicate.KEEP
    tags: tuple[str, ...] = ()
    embedding_model: str = ""

    def columns(self) -> dict[str, Any]:
        """The columns of the job. Raises ``InvalidInput``."""
        if self.visibility:
            metadata_fields.checked(visibility=self.visibility)
        if self.on_duplicate not in set(OnDuplicate):
            raise InvalidInput(f"on_duplicate must be one of {', '.join(OnDuplicate)}.")
        if len(self.tags) > _MOST_TAGS:
            raise InvalidInput(f"At most {_MOST_TAGS} tags can be given.", limit=_MOST_TAGS)
        return {
            "visibility": self.visibility,
            "on_duplicate": self.on_duplicate,
            "tags": [normalised(tag) for tag in self.tags],
            "embedding_model": self.embedding_model.strip(),
        }


def create(
    source: Path,
    owner: User,
    options: ImportOptions,
    *,
    parts: Sequence[Path] = (),
    watch: bool = False,
    uploaded_as: str = "",
) -> ImportJob:
    """An import of a folder, archive or table of the server; the workers begin soon.

    ``parts`` are further ZIP archives of the same export, at most ``MOST_PARTS``.
    ``uploaded_as`` is the name of a file that its owner uploaded. ``watch`` imports new files of
    the folder until the import is deleted. Raises ``ImportRefused``, ``SourceMissing``,
    ``TooManyImports`` and ``InvalidInput``.
    """
    columns = options.columns()
    kind = kind_of(source, watch=watch, uploaded_as=uploaded_as)
    check_together([kind, *map(kind_of, parts)])
    _refuse_too_many(owner)
    is_file = kind not in (SourceKind.FOLDER, SourceKind.WATCHED)
    owner_key: Any = owner.pk
    job = ImportJob.objects.create(
        owner_id=owner_key,
        kind=kind,
        name=metadata_fields.file_name(uploaded_as or source.name) or kind,
        source=str(source),
        parts=[str(part) for part in parts],
        is_uploaded=bool(uploaded_as),
        stamp=stamp_of([source, *parts]) if is_file else "",
        **columns,
    )
    hint(Stage.IMPORT)
    return job


def check_together(kinds: Sequence[SourceKind]) -> None:
    """Raises ``ImportRefused`` if these sources cannot be one import."""
    if len(kinds) > 1 and set(kinds) != {SourceKind.ZIP}:
        raise ImportRefused("Only ZIP archives can be imported together.")
    if len(kinds) > MOST_PARTS + 1:
        raise ImportRefused(f"At most {MOST_PARTS + 1} archives can be imported together.")


def _refuse_too_many(owner: User) -> None:
    if ImportJob.objects.of(owner).unfinished().count() >= MOST_UNFINISHED:
        raise TooManyImports(
            f"You have {MOST_UNFINISHED} imports that are not complete; watched and paused ones "
            "count. Those that are complete or deleted make room.",
            limit=MOST_UNFINISHED,
        )


def on_server(text: str, user: User) -> Path:
    """The folder or file of a path that a superuser sent. Raises ``ImportRefused`` for others, and
    for paths outside of the folders that the operator allows."""
    if not getattr(user, "is_superuser", False):
        raise ImportRefused("Only superusers import from a folder of the server.", field="path")
    try:
        path = Path(text).resolve()
        folders = [Path(folder).resolve() for folder in config().import_folders]
    except (OSError, ValueError, RuntimeError):
        raise ImportRefused("This is not a path.", field="path") from None
    if not any(path.is_relative_to(folder) for folder in folders):
        raise ImportRefused("The path is in none of GALLERY_IMPORT_FOLDERS.", field="path")
    return path


def unfinished(
    source: Path, owner: User, *, parts: Sequence[Path] = (), watch: bool
) -> ImportJob | None:
    """The person's import of the same source that is not complete; with ``watch``, the one that
    watches it."""
    files = {"source": str(source), "parts": [str(part) for part in parts]}
    jobs = ImportJob.objects.of(owner).unfinished().filter(**files)
    watched = jobs.filter(kind=SourceKind.WATCHED)
    chosen = watched if watch else jobs.exclude(kind=SourceKind.WATCHED)
    return chosen.order_by("created_at").first()


def kind_of(source: Path, *, watch: bool = False, uploaded_as: str = "") -> SourceKind:
    """Raises ``SourceMissing`` and ``ImportRefused``."""
    if not uploaded_as and _is_folder(source):
        return SourceKind.WATCHED if watch else SourceKind.FOLDER
    if watch:
        raise ImportRefused("Only a folder can be watched.")
    suffix = Path(uploaded_as or source.name).suffix.lower()
    if suffix not in KINDS:
        raise ImportRefused(_known_kinds(is_uploaded=bool(uploaded_as)))
    kind = KINDS[suffix]
    if uploaded_as and kind == SourceKind.PARQUET:
        # Native code would read it in the worker's own process.
        raise ImportRefused("Parquet files are imported by an operator only. Send CSV or JSONL.")
    return kind


def _known_kinds(*, is_uploaded: bool) -> str:
    if not is_uploaded:
        return f"A source is a folder or a file of the type {', '.join(KINDS)}."
    suffixes = [suffix for suffix, kind in KINDS.items() if kind != SourceKind.PARQUET]
    return f"A source is a file of the type {', '.join(suffixes)}."


def _is_folder(source: Path) -> bool:
    try:
        return stat.S_ISDIR(source.stat().st_mode)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the name is not valid"
        raise SourceMissing(f"{source.name} cannot be opened: {reason}.") from None
