"""Which code computes a model's vectors: the reference, or the fast path where it serves."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from gallery.core.config import config
from gallery.core.errors import EncoderUnavailable
from gallery.encoders.base import Encoder, Fingerprint, TextEncoder
from gallery.encoders.late import Late
from gallery.encoders.model.fingerprint import fingerprint_of
from gallery.encoders.model.folder import ModelFolder
from gallery.encoders.onnx import files, start
from gallery.encoders.onnx.files import Card, TextCard

log = logging.getLogger(__name__)

TORCH, ONNX = "torch", "onnx"
# Of an NVIDIA and of an AMD card. Whether torch can use it, only torch knows.
_SIGNS_OF_A_GPU = (Path("/dev/nvidiactl"), Path("/dev/kfd"))

Kind = TypeVar("Kind", bound=TextEncoder)


@dataclass(frozen=True)
class _Ways(Generic[Kind]):
    """``reference`` also says whether it computes on a GPU."""

    place: files.Place[Any]
    read: Callable[[Any], Kind]
    reference: Callable[[], tuple[Kind, bool]]

    def fast(self) -> Kind | None:
        """None where there are no files, where they did not pass the gate or cannot be read."""
        card = self.place.card()
        if card is None or not card.usable:
            return None
        try:
            return self.read(card)
        except EncoderUnavailable as error:
            log.warning("the reference serves instead: %s", error)
            return None


# References in whose place a fast path may come.
_awaiting: WeakKeyDictionary[TextEncoder, _Ways[Any]] = WeakKeyDictionary()


def load(model: ModelFolder) -> Encoder:
    """The fast path where its files serve, else the reference; the export is begun beside it.

    ``GALLERY_ENCODER_BACKEND`` is ``torch`` (never the fast path), ``onnx`` (also where torch has
    a GPU) or ``auto``. Raises ``EncoderUnavailable`` and ``EncoderMismatch``.
    """
    fingerprint = fingerprint_of(model)
    place = files.whole(fingerprint)
    ways = _Ways[Encoder](
        place, lambda card: _fast(model, fingerprint, place, card), lambda: _reference(model)
    )
    return _better(model, ways)


def load_texts(model: ModelFolder) -> TextEncoder:
    """As ``load``, of a model that is used for its texts alone."""
    place = files.texts_alone(fingerprint_of(model))
    ways = _Ways[TextEncoder](
        place, lambda card: _fast_texts(place.folder, card), lambda: _reference_texts(model)
    )
    return _better(model, ways)


def successor(encoder: Kind) -> Kind | None:
    """The fast path, once its files have come since this reference was loaded; else None.

    Given to one caller; those that come meanwhile go on with the reference.
    """
    ways = _awaiting.get(encoder)
    if ways is None or ways.place.card() is None or _awaiting.pop(encoder, None) is None:
        return None
    better: Kind | None = ways.fast()
    return better


def _better(model: ModelFolder, ways: _Ways[Kind]) -> Kind:
    asked = config().encoder_backend
    fast = None if asked == TORCH else ways.fast()
    if fast is not None and (asked == ONNX or not _may_have_a_gpu()):
        return fast
    reference, on_gpu = ways.reference()
    if asked == TORCH or (asked != ONNX and on_gpu):
        return reference
    if fast is None and ways.place.card() is None:
        _awaiting[reference] = ways
        start.begin(model, ways.place)
    return fast or reference


# What each of these imports costs is paid only by a process that needs it: ONNX Runtime 60 MB,
# torch seconds and 300 MB.


def _fast(
    model: ModelFolder, fingerprint: Fingerprint, place: files.Place[Any], card: Card
) -> Encoder:
    from gallery.encoders.onnx.encoder import OnnxEncoder

    instead = Late(lambda: _in_place_of_lost_files(model, place))
    return OnnxEncoder(fingerprint, place.folder, card, instead=instead)


def _in_place_of_lost_files(model: ModelFolder, place: files.Place[Any]) -> Encoder:
    log.warning("torch serves %s: the files in %s are lost or damaged", model.name, place.folder)
    place.discard()
    start.begin(model, place)
    return _reference(model)[0]


def _fast_texts(folder: Path, card: TextCard) -> TextEncoder:
    from gallery.encoders.onnx.texts import OnnxTexts

    texts = OnnxTexts(folder, card)
    texts.graph.read()  # or refuse it now, while the reference can still serve
    return texts


def _reference(model: ModelFolder) -> tuple[Encoder, bool]:
    from gallery.encoders.reference import SentenceTransformerEncoder

    reference = SentenceTransformerEncoder(model)
    return reference, reference.on_gpu


def _reference_texts(model: ModelFolder) -> tuple[TextEncoder, bool]:
    from gallery.encoders.text_tower import TextTower

    reference = TextTower(model)
    return reference, reference.on_gpu


def _may_have_a_gpu() -> bool:
    return any(sign.exists() for sign in _SIGNS_OF_A_GPU)
