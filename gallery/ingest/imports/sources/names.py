"""Which files of a folder or archive are pictures, as far as their names say."""

from __future__ import annotations

from pathlib import PurePosixPath

# Files beside pictures: descriptions of them (.aae has edits of iPhones, .thm thumbnails of
# cameras, and Takeout has pages), and what systems leave in folders.
_DESCRIPTIONS = frozenset({".json", ".xmp", ".yml", ".yaml", ".aae", ".thm", ".html"})
_VIDEOS = frozenset({".mov", ".mp4", ".m4v", ".avi", ".mkv", ".webm", ".3gp", ".mts"})
_OF_SYSTEMS = frozenset({"thumbs.db", "desktop.ini"})
_FOLDERS_OF_SYSTEMS = frozenset({"__MACOSX", "@eaDir"})
ARCHIVES = frozenset({".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz"})


def is_ignored(name: str) -> bool:
    """Files that are no rows of an import: hidden ones, and descriptions."""
    path = PurePosixPath(name)
    return (
        any(part.startswith(".") and part not in (".", "..") for part in path.parts)
        or bool(_FOLDERS_OF_SYSTEMS & set(path.parts))
        or path.suffix.lower() in _DESCRIPTIONS
        or path.name.lower() in _OF_SYSTEMS
    )


def is_video(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in _VIDEOS


def folder_of(name: str) -> str:
    return name.rpartition("/")[0]
