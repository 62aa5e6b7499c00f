"""Where a model's files lie: every name ends as a folder, and one loader reads folders."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from gallery.core.config import config
from gallery.core.errors import EncoderUnavailable
from gallery.encoders import hub_cache
from gallery.encoders.names import BUILTIN as BUILTIN
from gallery.encoders.names import folder_of, hub_address, towers_of
from gallery.encoders.presets import preset_of

# Measured of the model and no part of it: measuring again must not make it another model.
CALIBRATION = "calibration.json"
# What reading a foreign folder can end in; ``RecursionError`` is a ``RuntimeError``.
UNREADABLE = (
    OSError, ValueError, RuntimeError, LookupError, TypeError, AttributeError, ImportError,
)  # fmt: skip
_WITHOUT_WEIGHTS = {"Pooling", "Normalize", "Dropout"}
_WITHOUT_SETTINGS = {"Normalize"}


@dataclass(frozen=True)
class ModelFolder:
    """``commit`` is the hub's commit hash, empty for folders that came another way.

    ``texts`` is the folder of another model that reads the texts in this one's place.
    """

    name: str
    path: Path
    commit: str = ""
    texts: ModelFolder | None = None

    @property
    def transformer(self) -> Path:
        """The folder of the CLIP model itself: older models keep it one level below."""
        modules = modules_of(self)
        return self.path / modules[0].path if modules else self.path


class Module(NamedTuple):
    """A line of modules.json: the class and the folder below the model's, maybe none."""

    kind: str
    path: str


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


def missing_parts(model: ModelFolder) -> str:
    """The first part a CLIP model cannot do without, in words; empty when all are there."""
    processor = ["preprocessor_config.json", "processor_config.json"]
    # One that reads texts only is no half of a download: say how it is used.
    words = f"the picture processor (texts alone are read as {model.name}+clip-ViT-B-32)"
    return missing_text_parts(model) or _first_missing(model, {words: processor})


def missing_text_parts(model: ModelFolder) -> str:
    """The same for a model that only reads texts."""
    lacking = _first_missing(
        model,
        {
            "its folder": ["."],
            "config.json": ["config.json"],
            # Not just any: open_clip's weights lie beside them in LAION's folders.
            "model.safetensors": ["model*.safetensors"],
            "the tokenizer": ["tokenizer.json", "vocab.json", "vocab.txt"],
        },
    )
    return lacking or _missing_merges(model) or _missing_in_modules(model)


def refuse_foreign_activation(model: ModelFolder) -> None:
    """Raise ``EncoderUnavailable`` for a layer with an activation of the model's own: it would
    take that model's code, and sentence-transformers puts its default there with a mere warning.
    """
    for module in modules_of(model):
        layer = read_json(model.path / module.path / "config.json") if module.path else None
        activation = layer.get("activation_function") if isinstance(layer, dict) else None
        if module.kind == "Dense" and activation and not str(activation).startswith("torch."):
            raise EncoderUnavailable(
                f"The model {model.name} needs code of its own ({activation}), which is never run.",
                encoder=model.name,
            )


def modules_of(model: ModelFolder) -> list[Module]:
    """In the order of computation; empty for a folder without modules.json."""
    modules = read_json(model.path / "modules.json")
    rows = [row for row in modules if isinstance(row, dict)] if isinstance(modules, list) else []
    return [
        Module(str(row.get("type", "")).rpartition(".")[2], str(row.get("path", "")))
        for row in rows
    ]


def read_json(path: Path) -> object:
    """What a JSON file of a model says; None when there is no such file."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise EncoderUnavailable(f"The model file {path} cannot be read: {error}") from error


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


def _first_missing(model: ModelFolder, parts: dict[str, list[str]]) -> str:
    folder = model.transformer
    for part, patterns in parts.items():
        # A cut-off download leaves links to nothing, which exists() sees through.
        if not any(path.exists() for pattern in patterns for path in _glob(folder, pattern)):
            return part
    return ""


def _missing_merges(model: ModelFolder) -> str:
    """CLIP's older tokenizer comes in two files."""
    folder = model.transformer
    if (folder / "tokenizer.json").exists() or not (folder / "vocab.json").exists():
        return ""
    return "" if (folder / "merges.txt").exists() else "merges.txt"


def _missing_in_modules(model: ModelFolder) -> str:
    """A layer after the first would be read from a pickle when it has no safetensors."""
    for module in modules_of(model)[1:]:
        wanted = {
            "config.json": module.kind not in _WITHOUT_SETTINGS,
            "model.safetensors": module.kind not in _WITHOUT_WEIGHTS,
        }
        for file in (name for name, needed in wanted.items() if needed):
            if not (module.path and (model.path / module.path / file).exists()):
                return f"{module.path}/{file}"
    return ""


def _glob(folder: Path, pattern: str) -> list[Path]:
    return [folder] if pattern == "." else list(folder.glob(pattern))


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
