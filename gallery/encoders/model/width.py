"""Whether a model's vectors have the database's width, or may be cut to it.

A Matryoshka model (Kusupati et al. 2022) is trained so that the first n numbers of a vector are a
usable vector, for certain n. If the vectors of any other model are cut, searches find nothing.
"""

from __future__ import annotations

from typing import Any

from gallery.core.errors import EncoderMismatch
from gallery.encoders.base import WIDTH
from gallery.encoders.model.folder import ModelFolder, modules_of, read_json

# jina-clip-v2, vLLM and SGLang have this key in config.json.
_WIDTHS = "matryoshka_dimensions"
# The width to which sentence-transformers and jina's models cut by default.
_DEFAULT_CUT = "truncate_dim"
_SETTINGS = ("config.json", "config_sentence_transformers.json")


def is_cut(folder: ModelFolder) -> bool:
    """Whether the model's vectors have more than 512 numbers, and its settings allow a cut to
    512.
    """
    settings = _settings(folder)
    widths = [width for file in settings for width in _allowed_widths(file)]
    is_allowed = WIDTH in widths or any(file.get(_DEFAULT_CUT) == WIDTH for file in settings)
    return is_allowed and (_full_width(folder, settings) or max(widths, default=WIDTH + 1)) > WIDTH


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


def _settings(folder: ModelFolder) -> list[dict[str, Any]]:
    paths = dict.fromkeys([folder.path, folder.transformer])
    contents = [read_json(path / name) for path in paths for name in _SETTINGS]
    return [content for content in contents if isinstance(content, dict)]


def _allowed_widths(settings: dict[str, Any]) -> list[int]:
    widths = settings.get(_WIDTHS)
    return [width for width in widths if type(width) is int] if isinstance(widths, list) else []


def _full_width(folder: ModelFolder, settings: list[dict[str, Any]]) -> int:
    """How many numbers a vector has without a cut; 0 if the files do not state it."""
    for module in reversed(modules_of(folder)):
        if module.kind == "Dense":
            layer = read_json(folder.path / module.path / "config.json")
            width = layer.get("out_features") if isinstance(layer, dict) else None
            return width if isinstance(width, int) else 0
    widths = (file.get("projection_dim") for file in settings)
    return next((width for width in widths if isinstance(width, int)), 0)
