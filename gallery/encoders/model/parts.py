"""What a model's folder must hold, and what it must not ask for."""

from __future__ import annotations

from pathlib import Path

from gallery.core.errors import EncoderUnavailable
from gallery.encoders.model.folder import ModelFolder, modules_of, read_json

_WITHOUT_WEIGHTS = {"Pooling", "Normalize", "Dropout"}
_WITHOUT_SETTINGS = {"Normalize"}


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
