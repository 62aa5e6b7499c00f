"""Two models as one encoder: pictures go through the one, texts through the other."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Generic, TypeVar

from gallery.core.errors import EncoderMismatch, EncoderUnavailable
from gallery.encoders import backend
from gallery.encoders.base import Encoder, Fingerprint
from gallery.encoders.fingerprint import fingerprint_of
from gallery.encoders.model_folder import ModelFolder

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import PIL.Image

    from gallery.encoders.text_tower import TextTower

Part = TypeVar("Part")


class TwoTowers:
    """The fingerprint is that of the pictures' model, whose vectors the database keeps.

    Each model is read when it is first asked: a process that searches by words never holds the
    one for pictures, a worker that embeds never the one for texts. Hence ``encode_images`` and
    ``encode_texts`` may also raise what ``loader.load`` raises; ``wake`` has it happen earlier.
    """

    def __init__(self, folder: ModelFolder, texts: ModelFolder) -> None:
        self.fingerprint: Fingerprint = fingerprint_of(folder)
        self.pictures = _Late(lambda: self._unchanged(backend.load(replace(folder, texts=None))))
        self.texts = _Late(lambda: _text_tower(texts))
        self._scale = _Late(lambda: _learned_scale(folder))

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

    def _fastest(self) -> Encoder:
        """As in ``loader``: the fast path takes the reference's place once it is there."""
        pictures = self.pictures()
        better = backend.successor(pictures)
        if better is None:
            return pictures
        self.pictures.replace(better)
        return better

    def _unchanged(self, pictures: Encoder) -> Encoder:
        """Read late, the files may have become another model's meanwhile."""
        if pictures.fingerprint != self.fingerprint:
            raise EncoderMismatch(
                f"The model for pictures is now another one ({pictures.fingerprint}) than when "
                f"this process began ({self.fingerprint}): run `encoder choose`."
            )
        return pictures

    def encode_images(self, images: list[PIL.Image.Image]) -> npt.NDArray[np.float32]:
        return self._fastest().encode_images(images)

    def encode_texts(self, texts: list[str]) -> npt.NDArray[np.float32]:
        return self.texts().encode_texts(texts)


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


class _Late(Generic[Part]):
    """Made once, when it is first called for; a failure is tried again by the next call."""

    def __init__(self, make: Callable[[], Part]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: list[Part] = []

    def __call__(self) -> Part:
        with self._lock:
            if not self._made:
                self._made.append(self._make())
            return self._made[0]

    @property
    def made(self) -> bool:
        return bool(self._made)

    def replace(self, made: Part) -> None:
        with self._lock:
            self._made = [made]


def _text_tower(folder: ModelFolder) -> TextTower:
    # Imports torch: a process that only passes the encoder on does not pay for it.
    from gallery.encoders.text_tower import TextTower

    return TextTower(folder)


def _learned_scale(folder: ModelFolder) -> float:
    from safetensors import SafetensorError, safe_open

    from gallery.encoders.reference import USUAL_SCALE

    try:
        for file in sorted(folder.transformer.glob("model*.safetensors")):
            with safe_open(file, framework="pt") as weights:
                if "logit_scale" in weights.keys():  # noqa: SIM118, not a dictionary
                    return float(weights.get_tensor("logit_scale").float().exp())
    except (OSError, SafetensorError) as error:
        raise EncoderUnavailable(
            f"The model {folder.name} in {folder.path} cannot be read: {error}",
            encoder=folder.name,
        ) from error
    return USUAL_SCALE
