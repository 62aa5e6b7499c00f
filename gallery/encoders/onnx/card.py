"""The card of an export: what was measured, which variants serve, what the towers read."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from gallery.encoders.onnx.files import CARD, TEXT, VISUAL
from gallery.encoders.onnx.preprocess import Preprocessing

# The variant in full precision, and the value that stands for "no variant".
FULL, NONE = "fp32", "none"


@dataclass(frozen=True, kw_only=True)
class TextCard:
    """The card of a text tower. ``card.json`` has the same field names.

    ``text`` names the variant that serves, or is ``none`` if no variant passed the gate. ``gate``
    holds the figures of each variant, for people who read the file. ``text_threads`` is the number
    of threads that compute one batch of texts together. ``simplified`` tells for each file whether
    the traced graph could be simplified. ``saturates`` is the result of ``kernel.saturates`` on
    the machine that made and measured the variants. ``sizes`` are those of ``files.sizes_in``.
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
        """The variant that serves, by the file name of the tower."""
        return {TEXT: self.text}

    @property
    def usable(self) -> bool:
        return NONE not in self.towers.values()

    def write(self, folder: Path) -> None:
        (folder / CARD).write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")


@dataclass(frozen=True, kw_only=True)
class Card(TextCard):
    """The card of a model with two towers; ``visual`` names the variant of the picture tower."""

    visual: str
    logit_scale: float
    picture_input: str
    preprocessing: dict[str, Any]

    @property
    def towers(self) -> dict[str, str]:
        return {VISUAL: self.visual, TEXT: self.text}

    def picture_preprocessing(self) -> Preprocessing:
        values: dict[str, Any] = {  # JSON has lists where the settings have tuples
            name: tuple(value) if isinstance(value, list) else value
            for name, value in self.preprocessing.items()
        }
        return Preprocessing(**values)


AnyCard = TypeVar("AnyCard", bound=TextCard)


def parse_card(text: str, card_type: type[AnyCard]) -> AnyCard | None:
    """None if the fields are not those of ``card_type``. Raises ``ValueError`` for bad JSON."""
    values = json.loads(text)
    if not isinstance(values, dict):
        return None
    # Older exports call the field ``made_on``. They are still valid.
    values = {"measured_on" if name == "made_on" else name: value for name, value in values.items()}
    if set(values) != {field.name for field in fields(card_type)}:
        return None
    return card_type(**values)
