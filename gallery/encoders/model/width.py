"""Whether a model's vectors have the database's width, or may be cut to it.

A model of the Matryoshka kind (Kusupati et al. 2022) is trained so that the first numbers of a
vector serve alone, for certain counts of numbers only. Cutting any other model's vectors leaves
something that looks like a vector and finds nothing.
"""

from __future__ import annotations

from typing import Any

from gallery.core.errors import EncoderMismatch
from gallery.encoders.base import WIDTH
from gallery.encoders.model.folder import ModelFolder, modules_of, read_json

# As jina-clip-v2 and the servers of embedding models (vLLM, SGLang) have it in config.json.
_WIDTHS = "matryoshka_dimensions"
# What sentence-transformers and jina's models cut to when nobody asks for another width.
_OWN_CUT = "truncate_dim"
_SETTINGS = ("config.json", "config_sentence_transformers.json")


def is_cut(model: ModelFolder) -> bool:
    """Whether it gives more than 512 numbers and says itself that the first 512 serve alone."""
    settings = _settings(model)
    widths = [width for given in settings for width in _listed(given)]
    documented = WIDTH in widths or any(given.get(_OWN_CUT) == WIDTH for given in settings)
    return documented and (_uncut(model, settings) or max(widths, default=WIDTH + 1)) > WIDTH


def refuse_width(name: str, width: int) -> None:
    """Raise ``EncoderMismatch`` unless the width is 512."""
    if width == WIDTH:
        return
    reason = f"The model {name} gives vectors of {width} numbers, but the database keeps {WIDTH}"
    if width > WIDTH:
        reason += (
            f", and cuts a vector only where the model's config.json lists {WIDTH} among its "
            f"`{_WIDTHS}`, which this one does not"
        )
    raise EncoderMismatch(
        f"{reason}: set GALLERY_ENCODER to a model of that width.", encoder=name, width=width
    )


def _settings(model: ModelFolder) -> list[dict[str, Any]]:
    folders = dict.fromkeys([model.path, model.transformer])
    read = [read_json(folder / name) for folder in folders for name in _SETTINGS]
    return [given for given in read if isinstance(given, dict)]


def _listed(settings: dict[str, Any]) -> list[int]:
    widths = settings.get(_WIDTHS)
    return [width for width in widths if type(width) is int] if isinstance(widths, list) else []


def _uncut(model: ModelFolder, settings: list[dict[str, Any]]) -> int:
    """How wide the model is by itself; 0 when its files do not say."""
    for module in reversed(modules_of(model)):
        if module.kind == "Dense":
            layer = read_json(model.path / module.path / "config.json")
            width = layer.get("out_features") if isinstance(layer, dict) else None
            return width if isinstance(width, int) else 0
    widths = (given.get("projection_dim") for given in settings)
    return next((width for width in widths if isinstance(width, int)), 0)
