"""A tower's big matrices, and its table of words, as 8-bit integers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx
from onnx import helper, numpy_helper

from gallery.encoders.onnx_export.graph_tools import Shape, shapes
from gallery.encoders.onnx_export.int8 import decomposition
from gallery.encoders.onnx_export.int8.decomposition import Parts
from gallery.encoders.onnx_export.int8.embedding_table import quantise_embedding_tables

# By a matrix's rows and columns.
PartsOf = Callable[[int, int], Parts]


def coarse(rows: int, columns: int) -> Parts:
    return Parts(weights=1, activations=1)


def fine_attention(rows: int, columns: int) -> Parts:
    """Two matrices of a transformer's MLP are oblong and most of the work; those of its attention
    are square, and gain more by fine weights than by fine activations.
    """
    oblong = max(rows, columns) >= 2 * min(rows, columns)
    return Parts(weights=1 if oblong else 2, activations=1)


def fine(rows: int, columns: int) -> Parts:
    return Parts(weights=2, activations=2)


def quantise(source: Path, target: Path, parts_of: PartsOf, *, saturates: bool) -> int:
    """Write ``target`` and return how many matrices it holds as integers.

    The last matrix stays as it is: the projection into the shared space costs next to nothing.
    ``saturates`` tells whether the kernels add pairs of products in 16 bits (``kernel.saturates``);
    the weights are then scaled so that no pair exceeds them.
    """
    model = onnx.load(str(source))
    graph = model.graph
    weights = {tensor.name: tensor for tensor in graph.initializer}
    chosen, sizes = _chosen(graph, weights), shapes(graph)
    given, made = quantise_embedding_tables(graph.node, weights)
    made += decomposition.constants()
    nodes: list[onnx.NodeProto] = []
    scaled: set[str] = set()
    for node in given:
        product = node.output[0]
        if product not in chosen:
            nodes.append(node)
            continue
        matrix = weights[node.input[1]]
        parts = parts_of(*matrix.dims)
        tokens = _tokens(node.input[0], sizes) if parts.activations == 1 else None
        if node.input[0] not in scaled:  # query, key and value share their input
            scaled.add(node.input[0])
            nodes += _rows(node.input[0], parts, tokens, width=matrix.dims[0])
        values = numpy_helper.to_array(matrix)
        made += decomposition.columns(product, values, parts.weights, saturates=saturates)
        shape = (tokens, matrix.dims[1]) if tokens else None
        nodes += decomposition.multiplied(node.input[0], product, parts, shape)
    _write(model, nodes, [*graph.initializer, *made], target)
    return len(chosen)


def _rows(name: str, parts: Parts, tokens: int | None, *, width: int) -> list[onnx.NodeProto]:
    if tokens:
        return decomposition.rows_at_once(name, width)
    return [
        node for part in range(1, parts.activations + 1) for node in decomposition.rows(name, part)
    ]


def _tokens(name: str, sizes: dict[str, Shape]) -> int | None:
    """How many tokens every input has; None where that is known at run time only, as of texts."""
    size = sizes.get(name, ())
    return size[1] if len(size) == 3 and isinstance(size[1], int) else None


def _chosen(graph: Any, weights: dict[str, onnx.TensorProto]) -> set[str]:
    """Outputs of the products with constant matrices that are to be replaced."""
    found = [
        node
        for node in graph.node
        if node.op_type == "MatMul"
        and node.input[1] in weights
        and len(weights[node.input[1]].dims) == 2
    ]
    return {node.output[0] for node in found[:-1]}


def _write(
    model: Any, nodes: list[onnx.NodeProto], tensors: list[onnx.TensorProto], target: Path
) -> None:
    used = {name for node in nodes for name in node.input}
    _replace(model.graph.node, nodes)
    _replace(model.graph.value_info, [])
    _replace(model.graph.initializer, [tensor for tensor in tensors if tensor.name in used])
    if all(known.domain != decomposition.DOMAIN for known in model.opset_import):
        model.opset_import.append(helper.make_opsetid(decomposition.DOMAIN, 1))
    onnx.save(model, str(target))


def _replace(field: Any, values: list[Any]) -> None:
    kept = list(values)
    del field[:]
    field.extend(kept)
