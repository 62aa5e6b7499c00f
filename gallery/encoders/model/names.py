"""The syntax of model names: a folder, a name on the hub, or two names joined by ``+``."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from gallery.core.config import config
from gallery.core.errors import EncoderUnavailable
from gallery.encoders.model.presets import preset_of

BUILTIN = "builtin"
_BUILTIN_FOLDER = Path(__file__).resolve().parents[1] / "builtin"
# sentence-transformers looks for a hub name without an owner there.
_DEFAULT_OWNER = "sentence-transformers"
# Joins the name of the model for texts and that of the model for pictures. A hub name cannot
# contain it.
_SEPARATOR = "+"
# Characters of a name that are repeated in an error message.
_SHOWN_LENGTH = 80


class Towers(NamedTuple):
    """The names of the model that encodes texts and of the model that encodes pictures."""

    texts: str
    pictures: str


def towers_of(name: str) -> Towers | None:
    """The two models of a name that stands for two, or None if it stands for one."""
    folder = folder_of(name)
    if _SEPARATOR in name and not (folder is not None and folder.is_dir()):
        texts, _, pictures = name.rpartition(_SEPARATOR)
        return Towers(texts, pictures)
    preset = preset_of(name)
    return Towers(name, preset.pictures) if preset is not None and preset.pictures else None


def hub_address(name: str) -> tuple[str, str | None]:
    """Repository and revision of a hub name. A preset has its own revision, unless the name
    gives another one. None stands for the newest revision.
    """
    repository, _, revision = name.partition("@")
    preset = preset_of(repository)
    if preset is not None and preset.repository:
        return preset.repository, revision or preset.revision
    if "/" not in repository:
        repository = f"{_DEFAULT_OWNER}/{repository}"
    return repository, revision or None


def is_local(name: str) -> bool:
    """Whether the name can only mean a folder, so that the hub is not asked for it."""
    return folder_of(name) is not None


def folder_of(name: str) -> Path | None:
    """The folder that the name means, whether it exists or not; None for a hub name.

    A name without a path is a hub name unless the models directory has a folder of that name.
    Raises ``EncoderUnavailable`` for a name that is too long or has an unknown ``~user``.
    """
    if name == BUILTIN:
        return _BUILTIN_FOLDER
    is_path = name.startswith(("/", ".", "~"))
    try:
        folder = Path(name).expanduser().resolve() if is_path else config().models_dir / name
        exists = folder.is_dir()
    except (OSError, ValueError, RuntimeError) as error:
        shown = name if len(name) <= _SHOWN_LENGTH else f"{name[:_SHOWN_LENGTH]}…"
        reason = error.strerror if isinstance(error, OSError) else error
        raise EncoderUnavailable(
            f"{shown} is not a model folder: {reason}. Set GALLERY_ENCODER.", encoder=shown
        ) from error
    return folder if is_path or exists else None
