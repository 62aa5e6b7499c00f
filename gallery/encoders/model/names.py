"""What a model's name means: a folder, an address on the hub, or two models in one."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from gallery.core.config import config
from gallery.core.errors import EncoderUnavailable
from gallery.encoders.model.presets import preset_of

BUILTIN = "builtin"
_BUILTIN_FOLDER = Path(__file__).resolve().parents[1] / "builtin"
# What sentence-transformers puts before a hub name without an owner.
_DEFAULT_OWNER = "sentence-transformers"
# Between the model of the texts and the model of the pictures. No hub name can hold it.
_AND = "+"
# Of a name that is told back to somebody.
_BRIEF = 80


class Towers(NamedTuple):
    """The names of the model that reads texts and of the one that reads pictures."""

    texts: str
    pictures: str


def towers_of(name: str) -> Towers | None:
    """The two models of a name that stands for two; None when it stands for one."""
    folder = folder_of(name)
    if _AND in name and not (folder is not None and folder.is_dir()):
        texts, _, pictures = name.rpartition(_AND)
        return Towers(texts, pictures)
    preset = preset_of(name)
    return Towers(name, preset.pictures) if preset is not None and preset.pictures else None


def hub_address(name: str) -> tuple[str, str | None]:
    """Repository and revision of a hub name: a preset's own unless the name says another.

    No revision means the newest.
    """
    repository, _, revision = name.partition("@")
    preset = preset_of(repository)
    if preset is not None and preset.repository:
        return preset.repository, revision or preset.revision
    if "/" not in repository:
        repository = f"{_DEFAULT_OWNER}/{repository}"
    return repository, revision or None


def is_local(name: str) -> bool:
    """Whether the name can only mean a folder, so that no hub is asked for it."""
    return folder_of(name) is not None


def folder_of(name: str) -> Path | None:
    """None for a name that only a hub can know; else a path, whether or not there is one.

    Raises ``EncoderUnavailable`` for what can be no path: too long, or of a user nobody knows.
    """
    if name == BUILTIN:
        return _BUILTIN_FOLDER
    is_path = name.startswith(("/", ".", "~"))
    try:
        folder = Path(name).expanduser().resolve() if is_path else config().models_dir / name
        there = folder.is_dir()
    except (OSError, ValueError, RuntimeError) as error:
        brief = name if len(name) <= _BRIEF else f"{name[:_BRIEF]}…"
        why = error.strerror if isinstance(error, OSError) else error
        raise EncoderUnavailable(
            f"{brief} is no folder of a model: {why}. Set GALLERY_ENCODER.", encoder=brief
        ) from error
    return folder if is_path or there else None
