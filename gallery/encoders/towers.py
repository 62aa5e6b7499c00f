"""Two models as one encoder: one for pictures and one for texts."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from gallery.core.command_line import management_command
from gallery.core.errors import EncoderMismatch
from gallery.encoders import backend
from gallery.encoders.base import Computations, Encoder, Fingerprint, TextEncoder, Tower, Vectors
from gallery.encoders.lazy import Lazy
from gallery.encoders.model.fingerprint import fingerprint_of
from gallery.encoders.model.folder import ModelFolder
from gallery.encoders.model.learned_scale import learned_scale
from gallery.encoders.model.resolved import ResolvedModel

if TYPE_CHECKING:
    import PIL.Image

log = logging.getLogger(__name__)

AnyEncoder = TypeVar("AnyEncoder", bound=TextEncoder)


class TwoTowers:
    """An encoder that consists of a model for pictures and a model for texts.

    The fingerprint is that of the model for pictures, whose vectors the database stores.

    Each model is loaded when it is first used: a web process that searches by text never loads
    the model for pictures, and a worker that embeds never loads the model for texts. So the
    ``encode`` methods may also raise what ``loader.load`` raises, unless ``load`` was called.
    """

    def __init__(self, pictures: ModelFolder, texts: ModelFolder) -> None:
        self.fingerprint: Fingerprint = fingerprint_of(pictures)
        self.pictures = Lazy(
            lambda: self._unchanged(_load_logged("pictures", pictures, backend.load))
        )
        self.texts = Lazy(lambda: _load_logged("texts", texts, backend.load_texts))
        self._scale = Lazy(lambda: learned_scale(pictures))

    @property
    def logit_scale(self) -> float:
        """The logit scale of the model for pictures. The model for texts was trained to give that
        model's own text vectors, so the cosines mean the same. The model is not loaded: only this
        number is read from its weights.
        """
        return self._scale()

    @property
    def picture_side(self) -> int:
        return self.pictures().picture_side

    @property
    def computations(self) -> Computations:
        models: dict[Tower, Lazy[Any]] = {"pictures": self.pictures, "texts": self.texts}
        loaded = {tower: model() for tower, model in models.items() if model.is_loaded}
        return {tower: model.computations[tower] for tower, model in loaded.items()}

    def encode_images(self, images: list[PIL.Image.Image]) -> Vectors:
        return _upgraded("pictures", self.pictures).encode_images(images)

    def encode_texts(self, texts: list[str]) -> Vectors:
        return _upgraded("texts", self.texts).encode_texts(texts)

    def _unchanged(self, pictures: Encoder) -> Encoder:
        """Raise ``EncoderMismatch`` if the files were replaced before they were loaded."""
        if pictures.fingerprint != self.fingerprint:
            raise EncoderMismatch(
                f"The model for pictures is now another one ({pictures.fingerprint}) than when "
                f"this process started ({self.fingerprint}): run "
                f"{management_command('encoder choose')}."
            )
        return pictures


def new_encoder(model: ResolvedModel) -> Encoder:
    """Load one model, or prepare two models, which are loaded when they are needed.

    Raises like ``loader.load``, which callers use instead of this.
    """
    if model.texts is None:
        return backend.load(model.pictures)
    return TwoTowers(model.pictures, model.texts)


def load(encoder: Encoder, *, pictures: bool = True, texts: bool = True) -> None:
    """Load the models for pictures and for texts now. Raises like ``loader.load``."""
    if isinstance(encoder, TwoTowers):
        if pictures:
            encoder.pictures()
        if texts:
            encoder.texts()


def is_loaded(encoder: Encoder, *, pictures: bool = True, texts: bool = True) -> bool:
    """Whether ``load`` with the same arguments would have nothing to do."""
    if not isinstance(encoder, TwoTowers):
        return True
    return (encoder.pictures.is_loaded or not pictures) and (encoder.texts.is_loaded or not texts)


def _load_logged(
    tower: Tower, folder: ModelFolder, load: Callable[[ModelFolder], AnyEncoder]
) -> AnyEncoder:
    started = time.perf_counter()
    encoder = load(folder)
    seconds, computation = time.perf_counter() - started, encoder.computations[tower]
    log.info("model %s loaded in %.1f s: %s %s", folder.name, seconds, tower, computation)
    return encoder


def _upgraded(tower: Tower, model: Lazy[AnyEncoder]) -> AnyEncoder:
    """The loaded model; torch is replaced by the ONNX files as soon as they are ready."""
    encoder = model()
    faster = backend.successor(encoder)
    if faster is None:
        return encoder
    model.replace(faster)
    log.info("ONNX Runtime takes over from torch: %s %s", tower, faster.computations[tower])
    return faster
