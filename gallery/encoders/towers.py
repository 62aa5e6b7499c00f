"""Two models as one encoder: pictures go through the one, texts through the other."""

from __future__ import annotations

import logging
import math
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from gallery.core.errors import EncoderMismatch, EncoderUnavailable
from gallery.encoders import backend
from gallery.encoders.base import USUAL_SCALE, Encoder, Fingerprint, TextEncoder
from gallery.encoders.fingerprint import fingerprint_of
from gallery.encoders.late import Late
from gallery.encoders.model_folder import ModelFolder

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import PIL.Image

log = logging.getLogger(__name__)

Read = TypeVar("Read", bound=TextEncoder)


class TwoTowers:
    """The fingerprint is that of the pictures' model, whose vectors the database keeps.

    Each model is read when it is first asked: a process that searches by words never holds the
    one for pictures, a worker that embeds never the one for texts. Hence ``encode_images`` and
    ``encode_texts`` may also raise what ``loader.load`` raises; ``wake`` has it happen earlier.
    """

    def __init__(self, folder: ModelFolder, texts: ModelFolder) -> None:
        self.fingerprint: Fingerprint = fingerprint_of(folder)
        self.pictures = Late(lambda: self._unchanged(backend.load(replace(folder, texts=None))))
        self.texts = Late(lambda: backend.load_texts(texts))
        self._scale = Late(lambda: _learned_scale(folder))

    @property
    def logit_scale(self) -> float:
        """The pictures' model's: the text tower was trained to give that model's own text
        vectors, so the cosines mean what they meant there. It is one number of the weights' file;
        the model is not read for it.
        """
        return self._scale()

    @property
    def picture_side(self) -> int:
        return self.pictures().picture_side

    def _unchanged(self, pictures: Encoder) -> Encoder:
        """Read late, the files may have become another model's meanwhile."""
        if pictures.fingerprint != self.fingerprint:
            raise EncoderMismatch(
                f"The model for pictures is now another one ({pictures.fingerprint}) than when "
                f"this process began ({self.fingerprint}): run `encoder choose`."
            )
        return pictures

    def encode_images(self, images: list[PIL.Image.Image]) -> npt.NDArray[np.float32]:
        return _fastest(self.pictures).encode_images(images)

    def encode_texts(self, texts: list[str]) -> npt.NDArray[np.float32]:
        return _fastest(self.texts).encode_texts(texts)


def composed(folder: ModelFolder) -> Encoder:
    """The encoder of a folder, of one model or of two."""
    return backend.load(folder) if folder.texts is None else TwoTowers(folder, folder.texts)


def wake(encoder: Encoder, *, pictures: bool = True, texts: bool = True) -> None:
    """Read by now what would be read later. Raises as ``loader.load`` does."""
    if isinstance(encoder, TwoTowers):
        if pictures:
            encoder.pictures()
        if texts:
            encoder.texts()


def is_awake(encoder: Encoder, *, pictures: bool = True, texts: bool = True) -> bool:
    """Whether ``wake`` would read nothing."""
    if not isinstance(encoder, TwoTowers):
        return True
    return (encoder.pictures.made or not pictures) and (encoder.texts.made or not texts)


def _fastest(part: Late[Read]) -> Read:
    """As in ``loader``: the fast path takes the reference's place once it is there."""
    before = part()
    better = backend.successor(before)
    if better is None:
        return before
    part.replace(better)
    log.info("%s takes over from %s", type(better).__name__, type(before).__name__)
    return better


def _learned_scale(folder: ModelFolder) -> float:
    from safetensors import SafetensorError

    try:
        for file in sorted(folder.transformer.glob("model*.safetensors")):
            logarithm = _number(file, "logit_scale")
            if logarithm is not None:
                return math.exp(logarithm)
    except (OSError, SafetensorError) as error:
        raise EncoderUnavailable(
            f"The model {folder.name} in {folder.path} cannot be read: {error}",
            encoder=folder.name,
        ) from error
    return USUAL_SCALE


def _number(file: Path, name: str) -> float | None:
    """None when the weights have none of that name."""
    from safetensors import safe_open

    with safe_open(file, framework="np") as weights:
        if name not in weights.keys():  # noqa: SIM118, not a dictionary
            return None
        with suppress(TypeError):  # NumPy has no bfloat16
            return float(weights.get_tensor(name))
    with safe_open(file, framework="pt") as weights:
        return float(weights.get_tensor(name))
