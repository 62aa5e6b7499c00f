"""Export a model that only encodes texts and choose the variant that serves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from gallery.encoders.onnx.card import FULL, TextCard
from gallery.encoders.onnx.text_encoder import OnnxTextEncoder
from gallery.encoders.onnx_export import fidelity, gate
from gallery.encoders.onnx_export.text_files import write_text_files
from gallery.encoders.onnx_export.variants import Variants
from gallery.encoders.reference.text_encoder import ReferenceTextEncoder


class TextModelExport:
    """Exports in full precision when it is made; other variants are made when they are used."""

    def __init__(self, reference: ReferenceTextEncoder, fingerprint: str, scratch: Path) -> None:
        self._reference = reference
        self.variants = Variants(scratch, lambda folder: OnnxTextEncoder(folder, self.card))
        full = self.variants.folder(FULL)
        full.mkdir()
        self.card = write_text_files(reference.model, fingerprint, full, FULL)

    def choose(self) -> TextCard:
        """The card with the variant that serves and the figures of all measured variants.

        The texts will search pictures, but this export does not know the model for pictures, which
        may also change. So neighbours are searched among the captions in both languages instead.
        """
        texts = gate.samples().texts
        vectors = self._reference.encode_texts(texts)
        text, figures = gate.choose(
            self.variants.makers,
            lambda encoder: fidelity.within_modality(encoder.encode_texts(texts), vectors),
            gate.text_workload(texts),
        )
        card = replace(self.card, text=text, gate={"texts": figures})
        if not card.usable:
            return card
        return gate.with_text_threads(card, self.variants.folder(text), texts)
