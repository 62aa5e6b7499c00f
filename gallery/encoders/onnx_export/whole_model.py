"""Which variants of a model's two towers serve."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

from gallery.encoders.base import Vectors
from gallery.encoders.onnx.encoder import OnnxEncoder
from gallery.encoders.onnx.files import FULL, NONE, VISUAL, Card
from gallery.encoders.onnx.preprocess import Preprocessing
from gallery.encoders.onnx_export import fidelity, gate
from gallery.encoders.onnx_export.gate import Figures, Samples
from gallery.encoders.onnx_export.text_files import write_text_files
from gallery.encoders.onnx_export.tracing import trace_tower
from gallery.encoders.onnx_export.variants import Variants
from gallery.encoders.reference import SentenceTransformerEncoder


class WholeModelExport:
    """Exports in full at once; the other variants are made when they are asked for."""

    def __init__(self, reference: SentenceTransformerEncoder, scratch: Path) -> None:
        self._reference = reference
        self.variants = Variants(scratch, self._read)
        self.card = self._export_in_full(self.variants.folder(FULL))

    def choose(self) -> Card:
        """The card with the variants that serve, and the figures that speak for them.

        Pictures of a coarse variant can be too coarse for the texts, whose distances are smaller:
        then pictures stay in full precision.
        """
        some = gate.samples()
        pictures = self._reference.encode_images(some.pictures)
        fastest, picture_figures = gate.choose(
            self.variants.makers,
            lambda fast: fidelity.among_themselves(fast.encode_images(some.pictures), pictures),
            gate.encode_some(some.pictures),
        )
        figures = {"pictures": picture_figures}
        for visual in dict.fromkeys((fastest, FULL)):
            if visual == NONE or not picture_figures[visual]["passes"]:
                continue
            seen = self.variants.make(visual).encode_images(some.pictures)
            text, figures["texts"] = self._choose_text(some, seen, pictures)
            if text != NONE:
                card = replace(self.card, visual=visual, text=text, gate=figures)
                return gate.with_text_threads(card, self.variants.folder(text), some.texts)
        return replace(self.card, visual=NONE, text=NONE, gate=figures)

    def _choose_text(self, some: Samples, seen: Vectors, pictures: Vectors) -> tuple[str, Figures]:
        texts = self._reference.encode_texts(some.texts)
        return gate.choose(
            self.variants.makers,
            lambda fast: fidelity.of_texts(
                fast.encode_texts(some.texts), texts, pictures=seen, reference_pictures=pictures
            ),
            gate.encode_each(some.texts),
        )

    def _read(self, folder: Path) -> OnnxEncoder:
        return OnnxEncoder(self._reference.fingerprint, folder, self.card)

    def _export_in_full(self, folder: Path) -> Card:
        folder.mkdir()
        model, fingerprint = self._reference.model, str(self._reference.fingerprint)
        texts = write_text_files(model, fingerprint, folder, FULL)
        traced = trace_tower(model, "image", folder / VISUAL)
        (picture_input,) = traced.inputs
        simplified = {VISUAL: traced.simplified, **texts.simplified}
        return Card(
            **{**vars(texts), "simplified": simplified},
            visual=FULL,
            logit_scale=self._reference.logit_scale,
            picture_input=picture_input,
            preprocessing=asdict(Preprocessing.of(self._reference.picture_processor.to_dict())),
        )
