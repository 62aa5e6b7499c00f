"""Whether a model's folder has all the files that are needed, and needs no code of its own."""

from __future__ import annotations

from pathlib import Path

from gallery.core.errors import EncoderUnavailable
from gallery.encoders.model.folder import ModelFolder, modules_of, read_json

_WITHOUT_WEIGHTS = {"Pooling", "Normalize", "Dropout"}
_WITHOUT_SETTINGS = {"Normalize"}


def missing_parts(folder: ModelFolder) -> str:
    """The first missing part that a CLIP model needs, for a message; empty if all are there."""
    # A folder without it is more likely a model for texts than an incomplete download.
    processor = (
        f"the picture processor (a model for texts alone is used as {folder.name}+clip-ViT-B-32)"
    )
    return missing_text_parts(folder) or _first_missing(
        folder, {processor: ["preprocessor_config.json", "processor_config.json"]}
    )


def missing_text_parts(folder: ModelFolder) -> str:
    """Like ``missing_parts``, but for a model that only encodes texts."""
    missing = _first_missing(
        folder,
        {
            "its folder": ["."],
            "config.json": ["config.json"],
            # LAION's folders also have the weights of open_clip, which are not read.
            "model.safetensors": ["model*.safetensors"],
            "the tokenizer": ["tokenizer.json", "vocab.json", "vocab.txt"],
        },
    )
    return missing or _missing_merges(folder) or _missing_in_modules(folder)


def refuse_foreign_activation(folder: ModelFolder) -> None:
    """Raise ``EncoderUnavailable`` for a layer whose activation is not one of torch's.

    It would need the model's own code, which is never run. sentence-transformers would only warn
    and use its default activation, which gives other vectors.
    """
    for module in modules_of(folder):
        layer = read_json(folder.path / module.path / "config.json") if module.path else None
        activation = layer.get("activation_function") if isinstance(layer, dict) else None
        if module.kind == "Dense" and activation and not str(activation).startswith("torch."):
            raise EncoderUnavailable(
                f"The model {folder.name} needs code of its own ({activation}), which is never "
                "run.",
                encoder=folder.name,
            )


def _first_missing(folder: ModelFolder, parts: dict[str, list[str]]) -> str:
    """The first part for which no file matches one of its patterns."""
    transformer = folder.transformer
    for part, patterns in parts.items():
        # An interrupted download leaves broken links, for which exists() is false.
        if not any(path.exists() for pattern in patterns for path in _glob(transformer, pattern)):
            return part
    return ""


def _missing_merges(folder: ModelFolder) -> str:
    """CLIP's older tokenizer has two files."""
    transformer = folder.transformer
    if (transformer / "tokenizer.json").exists() or not (transformer / "vocab.json").exists():
        return ""
    return "" if (transformer / "merges.txt").exists() else "merges.txt"


def _missing_in_modules(folder: ModelFolder) -> str:
    """Every layer after the first needs safetensors, or it would be read from a pickle."""
    for module in modules_of(folder)[1:]:
        needed = {
            "config.json": module.kind not in _WITHOUT_SETTINGS,
            "model.safetensors": module.kind not in _WITHOUT_WEIGHTS,
        }
        for file in (name for name, is_needed in needed.items() if is_needed):
            if not (module.path and (folder.path / module.path / file).exists()):
                return f"{module.path}/{file}"
    return ""


def _glob(folder: Path, pattern: str) -> list[Path]:
    return [folder] if pattern == "." else list(folder.glob(pattern))
