"""A model folder's fingerprint, read from its files: no model is loaded for it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from gallery.core.errors import EncoderUnavailable
from gallery.encoders.base import WIDTH, Fingerprint
from gallery.encoders.model.folder import CALIBRATION, UNREADABLE, ModelFolder, read_json
from gallery.encoders.model.hub_cache import WANTED
from gallery.encoders.model.names import hub_address
from gallery.encoders.model.width import is_cut

# The other backend (torchvision) resizes a little differently, so it is never used.
PROCESSOR_BACKEND = "pil"
# Of 200 characters that the database keeps for all of it; the revision tells models apart.
_NAME = 80
_RESAMPLING = ("nearest", "lanczos", "bilinear", "bicubic", "box", "hamming")


def fingerprint_of(model: ModelFolder) -> Fingerprint:
    """Raises ``EncoderUnavailable`` for files that cannot be read."""
    try:
        # A folder that is moved, and a hub model without its owner's name, stay what they are.
        return Fingerprint(
            name=(hub_address(model.name)[0] if model.commit else Path(model.name).name)[:_NAME],
            revision=model.commit[:16] or _digest(model.path),
            preprocessing=(_cut(model) + _preprocessing(model.transformer))[:90],
            width=WIDTH,  # the loader refuses any other
        )
    except UNREADABLE as error:
        raise EncoderUnavailable(
            f"The model {model.name} in {model.path} cannot be read: {error}", encoder=model.name
        ) from error


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    names = {path.relative_to(folder) for pattern in WANTED for path in folder.rglob(pattern)}
    # Downloads leave their own notes in a hidden folder.
    names = {name for name in names if not name.parts[0].startswith(".")} - {Path(CALIBRATION)}
    for name in sorted(name for name in names if (folder / name).is_file()):
        digest.update(f"{name.as_posix()}\0".encode())
        with (folder / name).open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:16]


def _preprocessing(folder: Path) -> str:
    settings = read_json(folder / "preprocessor_config.json")
    if not isinstance(settings, dict):
        both = read_json(folder / "processor_config.json")
        settings = both.get("image_processor") if isinstance(both, dict) else None
    if not isinstance(settings, dict):
        settings = {}
    crop = _side(settings.get("crop_size", 224)) if settings.get("do_center_crop", True) else "no"
    resample = settings.get("resample", 3)
    named = _RESAMPLING[resample] if resample in range(len(_RESAMPLING)) else str(resample)
    mean, std = (_figures(settings.get(key, [])) for key in ("image_mean", "image_std"))
    size = _side(settings.get("size", 224))
    return f"{size}px {named} crop {crop} mean {mean} std {std} {PROCESSOR_BACKEND}"


def _cut(model: ModelFolder) -> str:
    """First, so that it is never what has no room any more."""
    return f"cut to {WIDTH} " if is_cut(model) else ""


def _side(size: Any) -> str:
    if isinstance(size, dict):
        return "x".join(str(value) for value in size.values())
    return str(size)


def _figures(values: Any) -> str:
    if not isinstance(values, list):
        return str(values)
    return "/".join(f"{float(value):.3f}".lstrip("0") for value in values)
