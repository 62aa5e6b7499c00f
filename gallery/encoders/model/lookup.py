"""Where a name's model lies on this machine: every name ends as a folder, and one loader reads
folders.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from gallery.core.config import config
from gallery.core.errors import EncoderUnavailable
from gallery.encoders.model import hub_cache
from gallery.encoders.model.folder import ModelFolder
from gallery.encoders.model.names import folder_of, hub_address, towers_of
from gallery.encoders.model.parts import missing_parts, missing_text_parts
from gallery.encoders.model.presets import preset_of


def find(name: str) -> ModelFolder:
    """The complete folder of a model that is on this machine; nothing is downloaded.

    ``name`` is ``builtin``, a folder, the name of a folder in the models directory, or a hub name,
    which may end in ``@revision``; or two of them, ``texts+pictures``, which gives the pictures'
    folder with its ``texts``. Raises ``EncoderUnavailable`` saying where it looked.
    """
    towers = towers_of(name)
    if towers is None:
        return find_model(name)
    return replace(find_model(towers.pictures), texts=find_texts(towers.texts))


def find_model(name: str) -> ModelFolder:
    """As ``find``, for a name of one model, which reads texts and pictures."""
    return _complete(name, missing_parts)


def find_texts(name: str) -> ModelFolder:
    """As ``find``, for a name of one model, which reads texts and maybe nothing else."""
    return _complete(name, missing_text_parts)


def _complete(name: str, lacks: Callable[[ModelFolder], str]) -> ModelFolder:
    folder = folder_of(name)
    found = [ModelFolder(name, folder)] if folder else _in_hub_cache(name)
    for model in found:
        if not lacks(model):
            return model
    raise EncoderUnavailable(
        f"The model {name} in {found[0].path} is not complete: {lacks(found[0])} is missing. "
        "Put the whole model there or set GALLERY_ENCODER to another one.",
        encoder=name,
    )


def _in_hub_cache(name: str) -> list[ModelFolder]:
    """What there is of a hub model, best first; never empty.

    A preset's pinned commit, and after it any other: a database that began with another one
    goes on with it where there is no hub to ask.
    """
    from huggingface_hub.errors import HFValidationError

    repository, revision = hub_address(name)
    folders = []
    try:
        folders.append(hub_cache.snapshot(repository, revision))
    except HFValidationError as error:
        raise EncoderUnavailable(
            f"{name} is neither a folder nor the name of a hub model: set GALLERY_ENCODER.",
            encoder=name,
        ) from error
    except OSError as error:
        problem = error
    if preset_of(name) is not None and "@" not in name:
        folders.extend(hub_cache.other_snapshots(repository))
    if not folders:
        raise _not_here(name, repository) from problem
    return [ModelFolder(name, folder, commit=folder.name) for folder in folders]


def _not_here(name: str, repository: str) -> EncoderUnavailable:
    from huggingface_hub import constants

    return EncoderUnavailable(
        f"The model {name} was not found in {config().models_dir} nor, as {repository}, "
        f"in the hub cache {constants.HF_HUB_CACHE}: run `encoder choose --name {name}` "
        "with access to the hub, or set GALLERY_ENCODER to another model.",
        encoder=name,
    )
