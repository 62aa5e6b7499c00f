"""A model's towers in full precision and as integers; which of them serve. Export child only."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path

from gallery.encoders.onnx import fidelity, files, gate, graphs, quantise
from gallery.encoders.onnx.encoder import OnnxEncoder
from gallery.encoders.onnx.files import NONE, TEXT, TOKENIZER, VISUAL, Card
from gallery.encoders.onnx.gate import Figures, Samples
from gallery.encoders.onnx.preprocess import Preprocessing
from gallery.encoders.reference import SentenceTransformerEncoder, Vectors

FULL = "fp32"
# From coarse to fine: integers everywhere, or where that is too coarse in the MLPs only.
_INTEGERS = {"int8": quantise.every_matrix, "int8-mlp": quantise.mlp_only}
# For a tokenizer that says it has no limit.
_MOST_TOKENS = 4096
_LIBRARIES = ("onnxruntime", "onnx", "torch", "sentence-transformers", "transformers")


class Variants:
    """Exports in full at once; the others are made when they are asked for."""

    def __init__(self, reference: SentenceTransformerEncoder, scratch: Path) -> None:
        self._reference = reference
        self._scratch = scratch
        self.card = self._export_in_full()
        self._makers: dict[str, Callable[[], OnnxEncoder]] = {
            name: partial(self.make, name) for name in (FULL, *_INTEGERS)
        }

    def folder(self, variant: str) -> Path:
        return self._scratch / variant

    def make(self, variant: str) -> OnnxEncoder:
        """Both towers in this variant, whether it passes the gate or not."""
        if variant != FULL and not self.folder(variant).exists():
            self._quantise(variant)
        return OnnxEncoder(self._reference.fingerprint, self.folder(variant), self.card)

    def choose(self) -> Card:
        """The card with the variants that serve, and the figures that speak for them.

        Pictures of a coarse variant can be too coarse for the texts, whose distances are smaller:
        then pictures stay in full precision.
        """
        some = gate.samples()
        pictures = self._reference.encode_images(some.pictures)
        fastest, picture_figures = gate.choose(
            self._makers,
            lambda encoder: fidelity.of_pictures(encoder.encode_images(some.pictures), pictures),
            gate.encode_some(some.pictures),
        )
        figures = {"pictures": picture_figures}
        for visual in dict.fromkeys((fastest, FULL)):
            if visual == NONE or not picture_figures[visual]["passes"]:
                continue
            seen = self.make(visual).encode_images(some.pictures)
            text, figures["texts"] = self._choose_text(some, seen, pictures)
            if text != NONE:
                return replace(self.card, visual=visual, text=text, gate=figures)
        return replace(self.card, visual=NONE, text=NONE, gate=figures)

    def _choose_text(self, some: Samples, seen: Vectors, pictures: Vectors) -> tuple[str, Figures]:
        texts = self._reference.encode_texts(some.texts)
        return gate.choose(
            self._makers,
            lambda encoder: fidelity.of_texts(
                encoder.encode_texts(some.texts), texts, pictures=seen, reference_pictures=pictures
            ),
            gate.encode_one(some.texts[0]),
        )

    def _quantise(self, variant: str) -> None:
        full, folder = self.folder(FULL), self.folder(variant)
        folder.mkdir()
        shutil.copy(full / TOKENIZER, folder)
        for tower in (VISUAL, TEXT):
            quantise.quantise(full / tower, folder / tower, _INTEGERS[variant])

    def _export_in_full(self) -> Card:
        folder, model = self.folder(FULL), self._reference.model
        folder.mkdir()
        inputs = graphs.export(model, "text", folder / TEXT)
        (picture_input,) = graphs.export(model, "image", folder / VISUAL)
        tokenizer = model.tokenizer
        tokenizer.backend_tokenizer.save(str(folder / TOKENIZER))
        processor = self._reference.picture_processor.to_dict()
        return Card(
            fingerprint=str(self._reference.fingerprint),
            made_on=files.made_on(),
            visual=FULL,
            text=FULL,
            logit_scale=self._reference.logit_scale,
            text_inputs=inputs,
            picture_input=picture_input,
            max_tokens=min(int(model.max_seq_length or tokenizer.model_max_length), _MOST_TOKENS),
            pad=int(tokenizer.pad_token_id),
            preprocessing=asdict(Preprocessing.of(processor)),
            gate={},
            sizes={},
            versions={name: version(name) for name in _LIBRARIES},
        )
