"""A tower's table of words as 8-bit integers, with a scale per word.

It is most of a text tower: of 104 languages 367 MB in full, which every process that searches
would hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

_MOST = 127
# Fewer rows are positions, and not worth it.
_WORDS = 1024


def quantise_embedding_tables(
    nodes: Iterable[onnx.NodeProto], weights: dict[str, onnx.TensorProto]
) -> tuple[list[onnx.NodeProto], list[onnx.TensorProto]]:
    """The nodes, with other ones where words are looked up, and the tables that those need."""
    made: list[onnx.NodeProto] = []
    tables: dict[str, onnx.TensorProto] = {}
    for node in nodes:
        if _is_look_up(node, weights):
            made += _looked_up(node)
            tables[node.input[0]] = weights[node.input[0]]
        else:
            made.append(node)
    return made, [part for table in tables.values() for part in _rows_quantised(table)]


def _is_look_up(node: onnx.NodeProto, weights: dict[str, onnx.TensorProto]) -> bool:
    """Whether rows of a large constant table are taken."""
    if node.op_type != "Gather" or node.input[0] not in weights:
        return False
    along = next((given.i for given in node.attribute if given.name == "axis"), 0)
    table = weights[node.input[0]]
    large = len(table.dims) == 2 and table.dims[0] >= _WORDS
    return bool(large and along == 0 and table.data_type == TensorProto.FLOAT)


def _looked_up(node: onnx.NodeProto) -> list[onnx.NodeProto]:
    """The same rows, of the table that ``_rows_quantised`` makes."""
    table, ids = node.input
    found, make = node.output[0], helper.make_node
    return [
        make("Gather", [f"{table}.q8.rows", ids], [f"{found}.q8"]),
        make("Cast", [f"{found}.q8"], [f"{found}.q8.units"], to=TensorProto.FLOAT),
        make("Gather", [f"{table}.q8.scales", ids], [f"{found}.q8.scale"]),
        make("Mul", [f"{found}.q8.units", f"{found}.q8.scale"], [found]),
    ]


def _rows_quantised(table: onnx.TensorProto) -> list[onnx.TensorProto]:
    rows: Any = numpy_helper.to_array(table)
    scales = np.maximum(np.abs(rows).max(axis=1, keepdims=True), 1e-12) / _MOST
    integers = np.rint(rows / scales).clip(-_MOST, _MOST).astype(np.int8)
    return [
        numpy_helper.from_array(integers, f"{table.name}.q8.rows"),
        numpy_helper.from_array(scales.astype(np.float32), f"{table.name}.q8.scales"),
    ]
