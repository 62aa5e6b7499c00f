"""Rewrite a traced graph so that it computes the same vectors in less time."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime

from gallery.encoders.onnx_export.graph_tools import shapes, with_shapes
from gallery.encoders.onnx_export.rewrites.fixed_reshapes import fix_reshapes
from gallery.encoders.onnx_export.rewrites.patches import multiply_patches
from gallery.encoders.onnx_export.rewrites.pooled_token import compute_pooled_token

log = logging.getLogger(__name__)

Feed = dict[str, Any]
# The largest allowed difference, as a share of the largest number. Float32 sums in another order
# differ by less than a hundredth of this.
_TOLERANCE = 1e-4


def simplify(file: Path, feeds: Sequence[Feed]) -> bool:
    """Rewrite the graph in place, and return whether it was rewritten.

    The file stays as it is if a step meets something that it does not know, or if the vectors of
    any feed change. Each size that is known only at run time must therefore differ between the
    ``feeds``. The rewritten graph contains the shapes of its tensors.
    """
    rewritten = file.with_name(f"simpler-{file.name}")
    try:
        model = onnx.load(str(file))
        _refuse_branches(model.graph)
        sizes = shapes(with_shapes(model).graph)
        for step in (fix_reshapes, multiply_patches, compute_pooled_token):
            step(model.graph, sizes)
        onnx.save(with_shapes(model), str(rewritten))
        del model  # may hold gigabytes, and the comparison opens sessions of both graphs
        same = all(_have_same_vectors(file, rewritten, feed) for feed in feeds)
    except Exception as error:  # noqa: BLE001 - the shape inference raises bare Exceptions
        log.warning("the graph %s is not simplified: %s", file.name, error)
        same = False
    if same:
        rewritten.rename(file)
    rewritten.unlink(missing_ok=True)
    return same


def _refuse_branches(graph: Any) -> None:
    """Raises ``ValueError`` for a graph with branches.

    A branch that no feed takes could read a tensor that a step has changed.
    """
    for node in graph.node:
        if any(attribute.type == onnx.AttributeProto.GRAPH for attribute in node.attribute):
            raise ValueError(f"{node.op_type} contains a graph of its own")


def _have_same_vectors(before: Path, after: Path, feed: Feed) -> bool:
    expected, actual = (_vectors(file, feed) for file in (before, after))
    return bool(
        expected.shape == actual.shape
        and np.abs(expected - actual).max() <= _TOLERANCE * np.abs(expected).max()
    )


def _vectors(file: Path, feed: Feed) -> Any:
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    return session.run(["vectors"], feed)[0]
