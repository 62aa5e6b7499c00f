"""The folder of a model's ONNX files, and whether the files can serve on this machine."""

from __future__ import annotations

import hashlib
import logging
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Generic

from gallery.core.config import config
from gallery.core.errors import EncoderUnavailable
from gallery.encoders.base import Fingerprint
from gallery.encoders.onnx.card import AnyCard, Card, TextCard, parse_card
from gallery.encoders.onnx.files import CARD, PROBE, sizes_in
from gallery.encoders.onnx.machine import measured_on

log = logging.getLogger(__name__)

WHOLE, TEXTS = "whole", "texts"


@dataclass(frozen=True)
class ExportFolder(Generic[AnyCard]):
    """The folder of a model's ONNX files, or of the files of its text tower alone.

    ``scope`` is ``whole`` or ``texts``. A CLIP model may be used both ways. Its text tower alone
    was compared only with vectors of other texts, so those files have a folder of their own.
    """

    scope: str
    fingerprint: str
    card_type: type[AnyCard]

    @property
    def path(self) -> Path:
        digest = hashlib.sha256(self.fingerprint.encode()).hexdigest()[:24]
        return config().models_dir / "onnx" / digest

    def card(self) -> AnyCard | None:
        """The card of this folder, read with ``read_card``; None if its files cannot serve."""
        return read_card(self.path, self)

    def discard(self) -> None:
        """Delete the card, so that the next process that needs the files exports them again."""
        with suppress(OSError):
            (self.path / CARD).unlink()


def model_export_folder(fingerprint: Fingerprint) -> ExportFolder[Card]:
    return ExportFolder(WHOLE, str(fingerprint), Card)


def text_export_folder(fingerprint: Fingerprint) -> ExportFolder[TextCard]:
    return ExportFolder(TEXTS, f"texts of {fingerprint}", TextCard)


def read_card(folder: Path, export: ExportFolder[AnyCard]) -> AnyCard | None:
    """The card in ``folder``, or None if there is no export that can serve on this machine.

    The result is also None if the files belong to another model, if one of them has another size
    than the card says, or if they were measured on another kind of machine: the fidelity and the
    speed of a variant depend on the processor's instructions and on the version of ONNX Runtime.
    """
    path = folder / CARD
    try:
        card = parse_card(path.read_text(encoding="utf-8"), export.card_type)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        log.warning("the card %s cannot be read: %s", path, error)
        return None
    if card is None or card.measured_on != measured_on():
        return None
    if card.fingerprint != export.fingerprint or card.sizes != sizes_in(folder):
        return None
    # This check comes last because it imports ONNX Runtime.
    return card if card.saturates == _saturates(folder) else None


def _saturates(folder: Path) -> bool | None:
    """None if the probe cannot be read."""
    from gallery.encoders.onnx.kernel import saturates

    try:
        return saturates(folder / PROBE)
    except EncoderUnavailable as error:
        log.warning("the ONNX files in %s are not used: %s", folder, error)
        return None
