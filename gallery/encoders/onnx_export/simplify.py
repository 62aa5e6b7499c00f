"""A traced graph in a form that gives the same vectors in less time."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime

from gallery.encoders.onnx_export.graph_tools import inferred, shapes
from gallery.encoders.onnx_export.rewrites.fixed_reshapes import fix_reshapes
from gallery.encoders.onnx_export.rewrites.patches import multiply_patches
from gallery.encoders.onnx_export.rewrites.pooled_token import compute_pooled_token

log = logging.getLogger(__name__)

Feed = dict[str, Any]
# Of the largest number: float32 sums in another order differ by less than a hundredth of it.
_TOLERANCE = 1e-4


def simplify(file: Path, feeds: Sequence[Feed]) -> bool:
    """Rewrite the graph in place; whether it was. The file stays as it is when a rewriting step
    meets something it does not know, or when the vectors of any of the ``feeds`` change: each size
    that is known at run time only must differ between them. The rewritten graph names its shapes.
    """
    simpler = file.with_name(f"simpler-{file.name}")
    try:
        model = onnx.load(str(file))
        _refuse_branches(model.graph)
        sizes = shapes(inferred(model).graph)
        for step in (fix_reshapes, multiply_patches, compute_pooled_token):
            step(model.graph, sizes)
        onnx.save(inferred(model), str(simpler))
        del model  # gigabytes, maybe, beside two sessions
        same = all(_alike(file, simpler, feed) for feed in feeds)
    except Exception as error:  # noqa: BLE001 - the shape inference raises bare Exceptions
        log.warning("%s stays as it was traced: %s", file.name, error)
        same = False
    if same:
        simpler.rename(file)
    simpler.unlink(missing_ok=True)
    return same


def _refuse_branches(graph: Any) -> None:
    """A branch that the feeds do not take could read what a step has changed."""
    for node in graph.node:
        if any(given.type == onnx.AttributeProto.GRAPH for given in node.attribute):
            raise ValueError(f"{node.op_type} holds a graph of its own")


def _alike(before: Path, after: Path, feed: Feed) -> bool:
    expected, given = (_vectors(file, feed) for file in (before, after))
    return bool(
        expected.shape == given.shape
        and np.abs(expected - given).max() <= _TOLERANCE * np.abs(expected).max()
    )


def _vectors(file: Path, feed: Feed) -> Any:
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    return session.run(["vectors"], feed)[0]
