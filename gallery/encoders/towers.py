"""Two models as one encoder: pictures go through the one, texts through the other."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from gallery.core.errors import EncoderMismatch
from gallery.encoders import backend
from gallery.encoders.base import Computations, Encoder, Fingerprint, TextEncoder, Tower
from gallery.encoders.lazy import Lazy
from gallery.encoders.model.fingerprint import fingerprint_of
from gallery.encoders.model.folder import ModelFolder
from gallery.encoders.model.learned_scale import learned_scale

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
    ``encode_texts`` may also raise what ``loader.load`` raises; ``load`` has it happen earlier.
    """

    def __init__(self, folder: ModelFolder, texts: ModelFolder) -> None:
        self.fingerprint: Fingerprint = fingerprint_of(folder)
        alone = replace(folder, texts=None)
        self.pictures = Lazy(lambda: self._unchanged(_logged("pictures", alone, backend.load)))
        self.texts = Lazy(lambda: _logged("texts", texts, backend.load_texts))
        self._scale = Lazy(lambda: learned_scale(folder))

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

    @property
    def computations(self) -> Computations:
        parts: dict[Tower, Lazy[Any]] = {"pictures": self.pictures, "texts": self.texts}
        loaded = {tower: part for tower, part in parts.items() if part.is_loaded}
        return {tower: part().computations[tower] for tower, part in loaded.items()}

    def _unchanged(self, pictures: Encoder) -> Encoder:
        """Read late, the files may have become another model's meanwhile."""
        if pictures.fingerprint != self.fingerprint:
            raise EncoderMismatch(
                f"The model for pictures is now another one ({pictures.fingerprint}) than when "
                f"this process began ({self.fingerprint}): run `encoder choose`."
            )
        return pictures

    def encode_images(self, images: list[PIL.Image.Image]) -> npt.NDArray[np.float32]:
        return _fastest("pictures", self.pictures).encode_images(images)

    def encode_texts(self, texts: list[str]) -> npt.NDArray[np.float32]:
        return _fastest("texts", self.texts).encode_texts(texts)


def composed(folder: ModelFolder) -> Encoder:
    """The encoder of a folder, of one model or of two."""
    return backend.load(folder) if folder.texts is None else TwoTowers(folder, folder.texts)


def load(encoder: Encoder, *, pictures: bool = True, texts: bool = True) -> None:
    """Read by now what would be read later. Raises as ``loader.load`` does."""
    if isinstance(encoder, TwoTowers):
        if pictures:
            encoder.pictures()
        if texts:
            encoder.texts()


def is_loaded(encoder: Encoder, *, pictures: bool = True, texts: bool = True) -> bool:
    """Whether ``load`` would read nothing."""
    if not isinstance(encoder, TwoTowers):
        return True
    return (encoder.pictures.is_loaded or not pictures) and (encoder.texts.is_loaded or not texts)


def _logged(tower: Tower, model: ModelFolder, load: Callable[[ModelFolder], Read]) -> Read:
    started = time.perf_counter()
    encoder = load(model)
    seconds, how = time.perf_counter() - started, encoder.computations[tower]
    log.info("model %s loaded in %.1f s: %s %s", model.name, seconds, tower, how)
    return encoder


def _fastest(tower: Tower, part: Lazy[Read]) -> Read:
    """As in ``loader``: the fast path takes the reference's place once it is there."""
    before = part()
    better = backend.successor(before)
    if better is None:
        return before
    part.replace(better)
    log.info("ONNX Runtime takes over from torch: %s %s", tower, better.computations[tower])
    return better
