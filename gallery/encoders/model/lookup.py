"""Resolve the name of a model: find the model's folders on this machine."""

from __future__ import annotations

from collections.abc import Callable

from gallery.core.command_line import management_command
from gallery.core.config import config
from gallery.core.errors import EncoderUnavailable
from gallery.encoders.model import hub_cache
from gallery.encoders.model.completeness import missing_parts, missing_text_parts
from gallery.encoders.model.folder import ModelFolder
from gallery.encoders.model.names import folder_of, hub_address, towers_of
from gallery.encoders.model.presets import preset_of
from gallery.encoders.model.resolved import ResolvedModel


def find(name: str) -> ResolvedModel:
    """The complete model of this name. Nothing is downloaded.

    ``name`` is ``builtin``, a path, the name of a folder in the models directory, or a hub name,
    which may end in ``@revision``; or two such names, ``texts+pictures``. Raises
    ``EncoderUnavailable`` if the model is not on this machine or not complete; the message names
    the folders that were searched.
    """
    return resolve(name, pictures=find_model, texts=find_texts)


def resolve(
    name: str, *, pictures: Callable[[str], ModelFolder], texts: Callable[[str], ModelFolder]
) -> ResolvedModel:
    """Resolve ``name`` with two functions, each of which finds the folder of one model by name.

    ``texts`` is called only for a name that stands for two models, and before ``pictures``.
    """
    towers = towers_of(name)
    if towers is None:
        return ResolvedModel(name, pictures(name))
    text_folder = texts(towers.texts)
    return ResolvedModel(name, pictures(towers.pictures), text_folder)


def find_model(name: str) -> ModelFolder:
    """The folder of one model that encodes pictures and texts. Raises like ``find``."""
    return _complete(name, missing_parts)


def find_texts(name: str) -> ModelFolder:
    """The folder of one model that encodes texts, and maybe pictures. Raises like ``find``."""
    return _complete(name, missing_text_parts)


def _complete(name: str, missing: Callable[[ModelFolder], str]) -> ModelFolder:
    path = folder_of(name)
    folders = [ModelFolder(name, path)] if path else _in_hub_cache(name)
    for folder in folders:
        if not missing(folder):
            return folder
    raise EncoderUnavailable(
        f"The model {name} in {folders[0].path} is not complete: {missing(folders[0])} is "
        "missing. Put the whole model there or set GALLERY_ENCODER to another one.",
        encoder=name,
    )


def _in_hub_cache(name: str) -> list[ModelFolder]:
    """The snapshots of a hub model, best first; at least one.

    A preset's pinned commit comes first, and then any other commit: a database that was started
    with another commit continues with it if the hub cannot be reached.
    """
    from huggingface_hub.errors import HFValidationError

    repository, revision = hub_address(name)
    snapshots = []
    try:
        snapshots.append(hub_cache.snapshot(repository, revision))
    except HFValidationError as error:
        raise EncoderUnavailable(
            f"{name} is neither a folder nor the name of a hub model: set GALLERY_ENCODER.",
            encoder=name,
        ) from error
    except OSError as error:
        problem = error
    if preset_of(name) is not None and "@" not in name:
        snapshots.extend(hub_cache.other_snapshots(repository))
    if not snapshots:
        raise _not_found(name, repository) from problem
    return [ModelFolder(name, snapshot, commit=snapshot.name) for snapshot in snapshots]


def _not_found(name: str, repository: str) -> EncoderUnavailable:
    from huggingface_hub import constants

    command = management_command(f"encoder choose --name {name}")
    return EncoderUnavailable(
        f"The model {name} was not found in {config().models_dir} nor, as {repository}, "
        f"in the hub cache {constants.HF_HUB_CACHE}: run {command} with access to the hub, "
        "or set GALLERY_ENCODER to another model.",
        encoder=name,
    )
