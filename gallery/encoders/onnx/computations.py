"""Which variant computes each tower, and its measured speed, read from the card of an export."""

from __future__ import annotations

from gallery.encoders.base import Computation, Tower
from gallery.encoders.onnx.card import Card, TextCard

# The key of a time among the gate's figures: one text, or one picture in a batch.
MILLISECONDS = "milliseconds"


def picture_computation(card: Card) -> Computation:
    return _computation(card, "pictures", card.visual)


def text_computation(card: TextCard) -> Computation:
    return _computation(card, "texts", card.text)


def _computation(card: TextCard, tower: Tower, variant: str) -> Computation:
    figures = card.gate.get(tower, {}).get(variant, {})
    return Computation("onnx", variant, figures.get(MILLISECONDS), card.measured_on)
