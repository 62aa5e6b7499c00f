"""Quantise the embedding table of a text tower to 8-bit integers, with one scale per token.

The table is the largest part of a text tower. That of a model for 104 languages takes 367 MB in
full precision, in every process that searches.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from gallery.encoders.onnx_export.int8.decomposition import MAX_INT8

# Smaller tables, such as those of positions, are not worth quantising.
_MIN_ROWS = 1024


def quantise_embedding_tables(
    nodes: Iterable[onnx.NodeProto], weights: dict[str, onnx.TensorProto]
) -> tuple[list[onnx.NodeProto], list[onnx.TensorProto]]:
    """Return the nodes, with the look-ups replaced, and the tensors that the new nodes need.

    ``weights`` are the graph's constant tensors by name.
    """
    replaced: list[onnx.NodeProto] = []
    tables: dict[str, onnx.TensorProto] = {}
    for node in nodes:
        if _is_look_up(node, weights):
            replaced += _look_up_quantised(node)
            tables[node.input[0]] = weights[node.input[0]]
        else:
            replaced.append(node)
    return replaced, [tensor for table in tables.values() for tensor in _quantise_rows(table)]


def _is_look_up(node: onnx.NodeProto, weights: dict[str, onnx.TensorProto]) -> bool:
    """Whether the node takes rows from a large constant table."""
    if node.op_type != "Gather" or node.input[0] not in weights:
        return False
    axis = next((attribute.i for attribute in node.attribute if attribute.name == "axis"), 0)
    table = weights[node.input[0]]
    large = len(table.dims) == 2 and table.dims[0] >= _MIN_ROWS
    return bool(large and axis == 0 and table.data_type == TensorProto.FLOAT)


def _look_up_quantised(node: onnx.NodeProto) -> list[onnx.NodeProto]:
    """Nodes that take the same rows from the tensors of ``_quantise_rows``."""
    table, ids = node.input
    result, make = node.output[0], helper.make_node
    return [
        make("Gather", [f"{table}.q8.rows", ids], [f"{result}.q8"]),
        make("Cast", [f"{result}.q8"], [f"{result}.q8.units"], to=TensorProto.FLOAT),
        make("Gather", [f"{table}.q8.scales", ids], [f"{result}.q8.scale"]),
        make("Mul", [f"{result}.q8.units", f"{result}.q8.scale"], [result]),
    ]


def _quantise_rows(table: onnx.TensorProto) -> list[onnx.TensorProto]:
    rows: Any = numpy_helper.to_array(table)
    scales = np.maximum(np.abs(rows).max(axis=1, keepdims=True), 1e-12) / MAX_INT8
    integers = np.rint(rows / scales).clip(-MAX_INT8, MAX_INT8).astype(np.int8)
    return [
        numpy_helper.from_array(integers, f"{table.name}.q8.rows"),
        numpy_helper.from_array(scales.astype(np.float32), f"{table.name}.q8.scales"),
    ]
