"""Where a model's ONNX files lie and what their card says."""

from __future__ import annotations

import hashlib
import json
import logging
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Generic, TypeVar

from gallery.core.config import config
from gallery.core.errors import EncoderUnavailable
from gallery.encoders.base import Fingerprint
from gallery.encoders.onnx.machine import measured_on
from gallery.encoders.onnx.preprocess import Preprocessing

log = logging.getLogger(__name__)

VISUAL, TEXT, TOKENIZER, CARD = "visual.onnx", "text.onnx", "tokenizer.json", "card.json"
PROBE = "probe.onnx"
FULL, NONE = "fp32", "none"
WHOLE, TEXTS = "whole", "texts"


@dataclass(frozen=True, kw_only=True)
class TextCard:
    """What an export found out about a model's texts. ``text`` names the variant that serves, or
    is ``none`` when no variant passed the gate; ``gate`` holds the figures of each, for people.
    ``text_threads`` compute one batch of texts together. ``simplified`` tells, by file, whether
    the traced graph could be simplified. ``saturates`` is the answer of ``kernel.saturates`` on the
    machine that made and measured the variants.
    """

    fingerprint: str
    measured_on: str
    saturates: bool
    text: str
    text_threads: int
    text_inputs: list[str]
    max_tokens: int
    pad: int
    gate: dict[str, Any]
    simplified: dict[str, bool]
    sizes: dict[str, int]
    versions: dict[str, str]

    @property
    def towers(self) -> dict[str, str]:
        """The variant that serves, by the tower's file."""
        return {TEXT: self.text}

    @property
    def usable(self) -> bool:
        return NONE not in self.towers.values()

    def write(self, folder: Path) -> None:
        (folder / CARD).write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")


@dataclass(frozen=True, kw_only=True)
class Card(TextCard):
    """The same of a model that reads texts and pictures, whose variant is ``visual``."""

    visual: str
    logit_scale: float
    picture_input: str
    preprocessing: dict[str, Any]

    @property
    def towers(self) -> dict[str, str]:
        return {VISUAL: self.visual, TEXT: self.text}

    def picture_settings(self) -> Preprocessing:
        given: dict[str, Any] = {  # JSON has no tuples
            name: tuple(value) if isinstance(value, list) else value
            for name, value in self.preprocessing.items()
        }
        return Preprocessing(**given)


AnyCard = TypeVar("AnyCard", bound=TextCard)


@dataclass(frozen=True)
class ExportFolder(Generic[AnyCard]):
    """The folder of a model's files, or of the files of its text half.

    ``scope`` is ``whole`` or ``texts``. A CLIP model may be used both ways. The vectors of a text
    half were compared with vectors of other texts only, so its files are kept apart.
    """

    scope: str
    fingerprint: str
    card_type: type[AnyCard]

    @property
    def path(self) -> Path:
        digest = hashlib.sha256(self.fingerprint.encode()).hexdigest()[:24]
        return config().models_dir / "onnx" / digest

    def card(self) -> AnyCard | None:
        """As ``read_card``."""
        return read_card(self.path, self)

    def discard(self) -> None:
        """Without their card the files are made anew by the next process that wants them."""
        with suppress(OSError):
            (self.path / CARD).unlink()


def export_folder(fingerprint: Fingerprint) -> ExportFolder[Card]:
    return ExportFolder(WHOLE, str(fingerprint), Card)


def text_export_folder(fingerprint: Fingerprint) -> ExportFolder[TextCard]:
    return ExportFolder(TEXTS, f"texts of {fingerprint}", TextCard)


def read_card(folder: Path, export: ExportFolder[AnyCard]) -> AnyCard | None:
    """None when there are no files yet, or none that were measured on a machine like this.

    What a variant is worth depends on the processor's instructions and on the library.
    """
    path = folder / CARD
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        log.warning("the card %s cannot be read: %s", path, error)
        return None
    names = {field.name for field in fields(export.card_type)}
    if not isinstance(given, dict) or set(given) != names or given["measured_on"] != measured_on():
        return None
    card = export.card_type(**given)
    if card.fingerprint != export.fingerprint or card.sizes != sizes_in(folder):
        return None
    return card if card.saturates == _saturates(folder) else None


def _saturates(folder: Path) -> bool | None:
    """None where the probe cannot be read. Asked last, because it imports ONNX Runtime."""
    from gallery.encoders.onnx.kernel import saturates

    try:
        return saturates(folder / PROBE)
    except EncoderUnavailable as error:
        log.warning("the files in %s are not used: %s", folder, error)
        return None


def sizes_in(folder: Path) -> dict[str, int]:
    """Bytes of the files that serve, so that one that was cut off is noticed."""
    names = (VISUAL, TEXT, TOKENIZER, PROBE)
    return {name: (folder / name).stat().st_size for name in names if (folder / name).exists()}
