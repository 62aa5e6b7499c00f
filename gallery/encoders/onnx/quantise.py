"""A tower's big matrices, and its table of words, as 8-bit integers. Export child only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx
from onnx import helper, numpy_helper

from gallery.encoders.onnx import terms
from gallery.encoders.onnx.tables import tables_quantised
from gallery.encoders.onnx.terms import Terms
from gallery.encoders.onnx_export.rewriting import Shape, shapes

# By a matrix's rows and columns.
HowFine = Callable[[int, int], Terms]


def coarse(rows: int, columns: int) -> Terms:
    return Terms(weights=1, activations=1)


def fine_attention(rows: int, columns: int) -> Terms:
    """Two matrices of a transformer's MLP are oblong and most of the work; those of its attention
    are square, and gain more by fine weights than by fine activations.
    """
    oblong = max(rows, columns) >= 2 * min(rows, columns)
    return Terms(weights=1 if oblong else 2, activations=1)


def fine(rows: int, columns: int) -> Terms:
    return Terms(weights=2, activations=2)


def quantise(source: Path, target: Path, how_fine: HowFine, *, saturates: bool) -> int:
    """Write ``target`` and return how many matrices it holds as integers.

    The last matrix stays as it is: the projection into the shared space costs next to nothing.
    ``saturates`` tells whether the kernels add pairs of products in 16 bits (``kernel.saturates``);
    the weights are then scaled so that no pair exceeds them.
    """
    model = onnx.load(str(source))
    graph = model.graph
    weights = {tensor.name: tensor for tensor in graph.initializer}
    chosen, sizes = _chosen(graph, weights), shapes(graph)
    given, made = tables_quantised(graph.node, weights)
    made += terms.constants()
    nodes: list[onnx.NodeProto] = []
    scaled: set[str] = set()
    for node in given:
        product = node.output[0]
        if product not in chosen:
            nodes.append(node)
            continue
        matrix = weights[node.input[1]]
        of = how_fine(*matrix.dims)
        tokens = _tokens(node.input[0], sizes) if of.activations == 1 else None
        if node.input[0] not in scaled:  # query, key and value share their input
            scaled.add(node.input[0])
            nodes += _rows(node.input[0], of, tokens, width=matrix.dims[0])
        values = numpy_helper.to_array(matrix)
        made += terms.columns(product, values, of.weights, saturates=saturates)
        shape = (tokens, matrix.dims[1]) if tokens else None
        nodes += terms.multiplied(node.input[0], product, of, shape)
    _write(model, nodes, [*graph.initializer, *made], target)
    return len(chosen)


def _rows(name: str, of: Terms, tokens: int | None, *, width: int) -> list[onnx.NodeProto]:
    if tokens:
        return terms.rows_at_once(name, width)
    return [node for term in range(1, of.activations + 1) for node in terms.rows(name, term)]


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
    if all(known.domain != terms.DOMAIN for known in model.opset_import):
        model.opset_import.append(helper.make_opsetid(terms.DOMAIN, 1))
    onnx.save(model, str(target))


def _replace(field: Any, values: list[Any]) -> None:
    kept = list(values)
    del field[:]
    field.extend(kept)
