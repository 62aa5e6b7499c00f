"""The two towers as ONNX graphs, traced from the reference with torch."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import onnx
import PIL.Image
import torch

from gallery.encoders.onnx_export.simplify import simplify

# The newest operator set that torch's tracing exporter writes; LayerNormalization came with 17.
_OPSET = 18
# More tokens than CLIP reads, so that it is cut off there.
_LONG = {"text": "two red cars on a road " * 40}


class _Tower(torch.nn.Module):
    """All modules of the model, asked for one kind of input."""

    def __init__(self, model: Any, names: list[str], modality: str) -> None:
        super().__init__()
        self._model = model
        self._names = names
        self._modality = modality

    def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
        features = {**dict(zip(self._names, inputs, strict=True)), "modality": self._modality}
        vectors: torch.Tensor = self._model.forward(features)["sentence_embedding"]
        # What encode() does after the modules, for a model that may be cut.
        width = self._model.truncate_dim
        return vectors if width is None else vectors[:, :width]


class Traced(NamedTuple):
    """The names of the inputs that a tower reads, and whether its graph was simplified."""

    inputs: list[str]
    simplified: bool


def trace_tower(model: Any, modality: str, file: Path) -> Traced:
    """Write one tower.

    ``modality`` is ``text`` (two dynamic axes: texts and tokens) or ``image`` (one: pictures).
    Raises what tracing a foreign model can end in: ``RuntimeError``, ``ValueError``,
    ``TypeError``, ``onnx.checker.ValidationError``.
    """
    samples = _samples(modality)
    features = model.preprocess(samples)
    names = [name for name, value in features.items() if isinstance(value, torch.Tensor)]
    axes = {0: "batch", 1: "tokens"} if modality == "text" else {0: "batch"}
    with torch.inference_mode(), warnings.catch_warnings():
        # The tracer warns of Python conditions, and of its successor, which needs more packages.
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
    # A tokenizer may give more than the model reads, and that is then no input of the graph.
    read = [given.name for given in onnx.load(str(file), load_external_data=False).graph.input]
    batches = [features, model.preprocess(samples[:1])]
    if modality == "text":
        batches.append(model.preprocess([_LONG] * 3))
    feeds = [{name: batch[name].numpy() for name in read} for batch in batches]
    return Traced(read, simplify(file, feeds))


def _samples(modality: str) -> list[Any]:
    if modality == "text":
        return [{"text": "a picture"}, {"text": "two red cars on a road"}]
    noise = np.random.default_rng(0).integers(0, 256, (240, 320, 3), dtype=np.uint8)
    return [PIL.Image.fromarray(noise), PIL.Image.new("RGB", (300, 300), "grey")]
