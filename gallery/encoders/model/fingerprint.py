"""The fingerprint of a model folder, read from its files. No model is loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gallery.core.errors import EncoderUnavailable
from gallery.encoders.base import WIDTH, Fingerprint
from gallery.encoders.model.digest import digest_of
from gallery.encoders.model.folder import UNREADABLE, ModelFolder, read_json
from gallery.encoders.model.names import hub_address
from gallery.encoders.model.width import is_cut

# The other backend (torchvision) resizes a little differently, so it is never used.
PROCESSOR_BACKEND = "pil"
# The database stores 200 characters for the whole fingerprint. The revision distinguishes models
# whose names are cut off.
_NAME_LENGTH = 80
_PREPROCESSING_LENGTH = 90
# The values of ``resample`` in a processor's settings: Pillow's numbers, in order.
_RESAMPLING = ("nearest", "lanczos", "bilinear", "bicubic", "box", "hamming")


def fingerprint_of(folder: ModelFolder) -> Fingerprint:
    """The fingerprint of the files as they are now; they are hashed once for each state of them.

    Raises ``EncoderUnavailable`` for files that cannot be read.
    """
    try:
        return Fingerprint(
            name=_name(folder)[:_NAME_LENGTH],
            revision=folder.commit[:16] or digest_of(folder.path),
            preprocessing=_preprocessing(folder)[:_PREPROCESSING_LENGTH],
            width=WIDTH,  # the encoders refuse any other width
        )
    except UNREADABLE as error:
        raise EncoderUnavailable(
            f"The model {folder.name} in {folder.path} cannot be read: {error}",
            encoder=folder.name,
        ) from error


def _name(folder: ModelFolder) -> str:
    """The same after a folder is moved, and for a hub name with or without its owner."""
    return hub_address(folder.name)[0] if folder.commit else Path(folder.name).name


def _preprocessing(folder: ModelFolder) -> str:
    settings = _processor_settings(folder.transformer)
    crop = _side(settings.get("crop_size", 224)) if settings.get("do_center_crop", True) else "no"
    resample = settings.get("resample", 3)
    filter_name = _RESAMPLING[resample] if resample in range(len(_RESAMPLING)) else str(resample)
    mean, std = (_numbers(settings.get(key, [])) for key in ("image_mean", "image_std"))
    size = _side(settings.get("size", 224))
    # The cut comes first, because the end of the text may be cut off.
    cut = f"cut to {WIDTH} " if is_cut(folder) else ""
    return f"{cut}{size}px {filter_name} crop {crop} mean {mean} std {std} {PROCESSOR_BACKEND}"


def _processor_settings(transformer: Path) -> dict[str, Any]:
    settings = read_json(transformer / "preprocessor_config.json")
    if not isinstance(settings, dict):
        processors = read_json(transformer / "processor_config.json")
        settings = processors.get("image_processor") if isinstance(processors, dict) else None
    return settings if isinstance(settings, dict) else {}


def _side(size: Any) -> str:
    if isinstance(size, dict):
        return "x".join(str(value) for value in size.values())
    return str(size)


def _numbers(values: Any) -> str:
    if not isinstance(values, list):
        return str(values)
    return "/".join(f"{float(value):.3f}".lstrip("0") for value in values)
