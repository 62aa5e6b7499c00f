"""Export a model with two towers and choose the variants that serve."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

from gallery.encoders.base import Vectors
from gallery.encoders.onnx.card import FULL, NONE, Card
from gallery.encoders.onnx.encoder import OnnxEncoder
from gallery.encoders.onnx.files import VISUAL
from gallery.encoders.onnx.preprocess import Preprocessing
from gallery.encoders.onnx_export import fidelity, gate
from gallery.encoders.onnx_export.gate import Figures
from gallery.encoders.onnx_export.text_files import write_text_files
from gallery.encoders.onnx_export.tracing import trace_tower
from gallery.encoders.onnx_export.variants import Variants
from gallery.encoders.reference.encoder import ReferenceEncoder


class WholeModelExport:
    """Exports in full precision when it is made; other variants are made when they are used."""

    def __init__(self, reference: ReferenceEncoder, scratch: Path) -> None:
        self._reference = reference
        self.variants = Variants(scratch, self._read)
        self.card = self._export_in_full(self.variants.folder(FULL))

    def choose(self) -> Card:
        """The card with the variants that serve and the figures of all measured variants.

        Distances between texts and pictures differ less than distances between pictures. So a
        picture variant that passes by itself can be too coarse for every text variant; then the
        pictures stay in full precision.
        """
        samples = gate.samples()
        reference_pictures = self._reference.encode_images(samples.pictures)
        fastest, picture_figures = gate.choose(
            self.variants.makers,
            lambda encoder: fidelity.within_modality(
                encoder.encode_images(samples.pictures), reference_pictures
            ),
            gate.picture_workload(samples.pictures),
        )
        figures = {"pictures": picture_figures}
        for visual in dict.fromkeys((fastest, FULL)):
            if visual == NONE or not picture_figures[visual]["passes"]:
                continue
            pictures = self.variants.make(visual).encode_images(samples.pictures)
            text, figures["texts"] = self._choose_text(samples.texts, pictures, reference_pictures)
            if text != NONE:
                card = replace(self.card, visual=visual, text=text, gate=figures)
                return gate.with_text_threads(card, self.variants.folder(text), samples.texts)
        return replace(self.card, visual=NONE, text=NONE, gate=figures)

    def _choose_text(
        self, texts: list[str], pictures: Vectors, reference_pictures: Vectors
    ) -> tuple[str, Figures]:
        reference_texts = self._reference.encode_texts(texts)
        return gate.choose(
            self.variants.makers,
            lambda encoder: fidelity.across_modalities(
                encoder.encode_texts(texts),
                reference_texts,
                pictures=pictures,
                reference_pictures=reference_pictures,
            ),
            gate.text_workload(texts),
        )

    def _read(self, folder: Path) -> OnnxEncoder:
        return OnnxEncoder(self._reference.fingerprint, folder, self.card)

    def _export_in_full(self, folder: Path) -> Card:
        folder.mkdir()
        model, fingerprint = self._reference.model, str(self._reference.fingerprint)
        text_card = write_text_files(model, fingerprint, folder, FULL)
        traced = trace_tower(model, "image", folder / VISUAL)
        (picture_input,) = traced.inputs
        simplified = {VISUAL: traced.simplified, **text_card.simplified}
        processor = self._reference.picture_processor.to_dict()
        return Card(
            **{**vars(text_card), "simplified": simplified},
            visual=FULL,
            logit_scale=self._reference.logit_scale,
            picture_input=picture_input,
            preprocessing=asdict(Preprocessing.from_processor(processor)),
        )
