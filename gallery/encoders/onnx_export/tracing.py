"""Trace a tower of the reference model with torch and write it as an ONNX graph."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import onnx
import PIL.Image
import torch

from gallery.encoders.onnx_export.simplify import simplify

# The newest operator set that torch's tracing exporter writes. LayerNormalization exists since 17.
_OPSET = 18
# A text of more tokens than CLIP reads, so that it is truncated.
_LONG_TEXT = {"text": "two red cars on a road " * 40}


class _Tower(torch.nn.Module):
    """All modules of the model, called with inputs of one modality."""

    def __init__(self, model: Any, names: list[str], modality: str) -> None:
        super().__init__()
        self._model = model
        self._names = names
        self._modality = modality

    def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
        features = {**dict(zip(self._names, inputs, strict=True)), "modality": self._modality}
        vectors: torch.Tensor = self._model.forward(features)["sentence_embedding"]
        # encode() truncates the vectors after the last module.
        width = self._model.truncate_dim
        return vectors if width is None else vectors[:, :width]


class Traced(NamedTuple):
    """The names of the inputs that a tower reads, and whether its graph was simplified."""

    inputs: list[str]
    simplified: bool


def trace_tower(model: Any, modality: str, file: Path) -> Traced:
    """Trace one tower, write it to ``file`` and simplify it.

    ``modality`` is ``text`` (dynamic axes: texts and tokens) or ``image`` (dynamic axis:
    pictures). A model of unknown architecture may raise ``RuntimeError``, ``ValueError``,
    ``TypeError`` or ``onnx.checker.ValidationError``.
    """
    samples = _samples(modality)
    features = model.preprocess(samples)
    _write_graph(model, modality, features, file)
    # A tokenizer may give more tensors than the model reads; those are not inputs of the graph.
    graph = onnx.load(str(file), load_external_data=False).graph
    inputs = [graph_input.name for graph_input in graph.input]
    batches = [features, model.preprocess(samples[:1])]
    if modality == "text":
        batches.append(model.preprocess([_LONG_TEXT] * 3))
    feeds = [{name: batch[name].numpy() for name in inputs} for batch in batches]
    return Traced(inputs, simplify(file, feeds))


def _write_graph(model: Any, modality: str, features: dict[str, Any], file: Path) -> None:
    names = [name for name, value in features.items() if isinstance(value, torch.Tensor)]
    axes = {0: "batch", 1: "tokens"} if modality == "text" else {0: "batch"}
    with torch.inference_mode(), warnings.catch_warnings():
        # The tracer warns about Python conditions and about its successor, which needs more
        # packages.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _Tower(model, names, modality),
            tuple(features[name] for name in names),
            str(file),
            input_names=names,
            output_names=["vectors"],
            dynamic_axes={**dict.fromkeys(names, axes), "vectors": {0: "batch"}},
            opset_version=_OPSET,
            dynamo=False,
        )
    onnx.checker.check_model(str(file))


def _samples(modality: str) -> list[Any]:
    if modality == "text":
        return [{"text": "a picture"}, {"text": "two red cars on a road"}]
    noise = np.random.default_rng(0).integers(0, 256, (240, 320, 3), dtype=np.uint8)
    return [PIL.Image.fromarray(noise), PIL.Image.new("RGB", (300, 300), "grey")]
