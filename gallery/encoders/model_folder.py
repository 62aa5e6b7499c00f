"""Where a model's files lie: every name ends as a folder, and one loader reads folders."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from gallery.core.config import config
from gallery.core.errors import EncoderUnavailable

BUILTIN = "builtin"
_BUILTIN_FOLDER = Path(__file__).resolve().parent / "builtin"
# What sentence-transformers puts before a hub name without an owner.
_DEFAULT_OWNER = "sentence-transformers"
# Weights as safetensors only: a pickle can run code while it is read.
WANTED = ["*.json", "*.txt", "*.model", "*.safetensors"]
# Measured of the model and no part of it: measuring again must not make it another model.
CALIBRATION = "calibration.json"
UNWANTED = ["onnx/*", "openvino/*", "*/onnx/*", "*/openvino/*"]


@dataclass(frozen=True)
class ModelFolder:
    """``commit`` is the hub's commit hash, empty for folders that came another way."""

    name: str
    path: Path
    commit: str = ""

    @property
    def transformer(self) -> Path:
        """The folder of the CLIP model itself: older models keep it one level below."""
        modules = read_json(self.path / "modules.json")
        first = modules[0].get("path", "") if isinstance(modules, list) and modules else ""
        return self.path / first


def find(name: str) -> ModelFolder:
    """The complete folder of a model that is on this machine; nothing is downloaded.

    ``name`` is ``builtin``, a folder, the name of a folder in the models directory, or a hub name,
    which may end in ``@revision``. Raises ``EncoderUnavailable`` saying where it looked.
    """
    folder = _folder_of(name)
    found = ModelFolder(name, folder) if folder else _in_hub_cache(name)
    if lacking := missing_parts(found):
        raise EncoderUnavailable(
            f"The model {name} in {found.path} is not complete: {lacking} is missing. "
            "Put the whole model there or set GALLERY_ENCODER to another one.",
            encoder=name,
        )
    return found


def hub_address(name: str) -> tuple[str, str | None]:
    """Repository and revision of a hub name; no revision means the newest."""
    repository, _, revision = name.partition("@")
    if "/" not in repository:
        repository = f"{_DEFAULT_OWNER}/{repository}"
    return repository, revision or None


def missing_parts(model: ModelFolder) -> str:
    """The first part a CLIP model cannot do without, in words; empty when all are there."""
    folder = model.transformer
    for part, patterns in {
        "its folder": ["."],
        "config.json": ["config.json"],
        "model.safetensors": ["*.safetensors"],
        "the tokenizer": ["tokenizer.json", "vocab.json"],
        "the picture processor": ["preprocessor_config.json", "processor_config.json"],
    }.items():
        # A cut-off download leaves links to nothing, which exists() sees through.
        if not any(path.exists() for pattern in patterns for path in _glob(folder, pattern)):
            return part
    return ""


def read_json(path: Path) -> object:
    """What a JSON file of a model says; None when there is no such file."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise EncoderUnavailable(f"The model file {path} cannot be read: {error}") from error


def is_local(name: str) -> bool:
    """Whether the name can only mean a folder, so that no hub is asked for it."""
    return _folder_of(name) is not None


def _glob(folder: Path, pattern: str) -> list[Path]:
    return [folder] if pattern == "." else list(folder.glob(pattern))


def _folder_of(name: str) -> Path | None:
    if name == BUILTIN:
        return _BUILTIN_FOLDER
    if name.startswith(("/", ".", "~")):
        return Path(name).expanduser().resolve()
    kept = config().models_dir / name
    return kept if kept.is_dir() else None


def _in_hub_cache(name: str) -> ModelFolder:
    from huggingface_hub import constants, snapshot_download
    from huggingface_hub.errors import HFValidationError

    repository, revision = hub_address(name)
    try:
        folder = snapshot_download(
            repository,
            revision=revision,
            local_files_only=True,
            allow_patterns=WANTED,
            ignore_patterns=UNWANTED,
        )
    except HFValidationError as error:
        raise EncoderUnavailable(
            f"{name} is neither a folder nor the name of a hub model: set GALLERY_ENCODER.",
            encoder=name,
        ) from error
    except OSError as error:
        raise EncoderUnavailable(
            f"The model {name} was not found in {config().models_dir} nor, as {repository}, "
            f"in the hub cache {constants.HF_HUB_CACHE}: run `encoder choose --name {name}` "
            "with access to the hub, or set GALLERY_ENCODER to another model.",
            encoder=name,
        ) from error
    return ModelFolder(name, Path(folder), commit=Path(folder).name)
