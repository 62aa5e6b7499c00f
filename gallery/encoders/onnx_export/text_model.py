"""Which variant of a model that only reads texts serves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from gallery.encoders.onnx.files import FULL, TextCard
from gallery.encoders.onnx.text_encoder import OnnxTextEncoder
from gallery.encoders.onnx_export import fidelity, gate
from gallery.encoders.onnx_export.text_files import write_text_files
from gallery.encoders.onnx_export.variants import Variants
from gallery.encoders.text_tower import TextTower


class TextModelExport:
    """Exports in full at once; the other variants are made when they are asked for."""

    def __init__(self, reference: TextTower, fingerprint: str, scratch: Path) -> None:
        self._reference = reference
        self.variants = Variants(scratch, lambda folder: OnnxTextEncoder(folder, self.card))
        full = self.variants.folder(FULL)
        full.mkdir()
        self.card = write_text_files(reference.model, fingerprint, full, FULL)

    def choose(self) -> TextCard:
        """The card with the variant that serves, and the figures that speak for it.

        Whose pictures the texts will ask for is not known here, and may be another model's
        tomorrow. So the captions in all languages look for one another: for the same mean cosine,
        and for the same ten captions nearest to each.
        """
        texts = gate.samples().texts
        vectors = self._reference.encode_texts(texts)
        text, figures = gate.choose(
            self.variants.makers,
            lambda fast: fidelity.among_themselves(fast.encode_texts(texts), vectors),
            gate.encode_each(texts),
        )
        card = replace(self.card, text=text, gate={"texts": figures})
        if not card.usable:
            return card
        return gate.with_text_threads(card, self.variants.folder(text), texts)
