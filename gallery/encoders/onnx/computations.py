"""The variants that serve and their speed, as the card of the files names them."""

from __future__ import annotations

from gallery.encoders.base import Computation, Tower
from gallery.encoders.onnx.files import Card, TextCard

# The gate's figure: of one text, or of one picture in a batch.
MILLISECONDS = "milliseconds"


def picture_computation(card: Card) -> Computation:
    return _computation(card, "pictures", card.visual)


def text_computation(card: TextCard) -> Computation:
    return _computation(card, "texts", card.text)


def _computation(card: TextCard, tower: Tower, variant: str) -> Computation:
    figures = card.gate.get(tower, {}).get(variant, {})
    return Computation("onnx", variant, figures.get(MILLISECONDS), card.measured_on)
