"""Quantise the large matrices and the embedding table of a tower to 8-bit integers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

from gallery.encoders.onnx_export.graph_tools import Shape, shapes
from gallery.encoders.onnx_export.int8 import decomposition
from gallery.encoders.onnx_export.int8.decomposition import Parts
from gallery.encoders.onnx_export.int8.embedding_table import quantise_embedding_tables
from gallery.encoders.onnx_export.int8.weights import quantise_columns

# Decides the parts of a product from the numbers of rows and columns of its weights.
PartsRule = Callable[[int, int], Parts]


def coarse(rows: int, columns: int) -> Parts:
    """One part for everything."""
    return Parts(weights=1, activations=1)


def fine_attention(rows: int, columns: int) -> Parts:
    """Two parts for the weights of square matrices, one part for everything else.

    The two matrices of a transformer's MLP are oblong and most of the work. Those of its attention
    are square, and gain more from fine weights than from fine activations.
    """
    oblong = max(rows, columns) >= 2 * min(rows, columns)
    return Parts(weights=1 if oblong else 2, activations=1)


def fine(rows: int, columns: int) -> Parts:
    """Two parts for everything."""
    return Parts(weights=2, activations=2)


def quantise(source: Path, target: Path, parts_rule: PartsRule, *, saturates: bool) -> int:
    """Write ``target`` and return how many of its matrices are quantised.

    The last matrix stays in float32: the projection into the shared space takes very little time.
    ``saturates`` tells whether the kernels add pairs of products in 16 bits (``kernel.saturates``);
    the weights are then scaled so that no sum of a pair exceeds 16 bits.
    """
    model = onnx.load(str(source))
    graph = model.graph
    weights = {tensor.name: tensor for tensor in graph.initializer}
    quantisable = _quantisable_products(graph, weights)
    unquantised, tables = quantise_embedding_tables(graph.node, weights)
    products = _QuantisedProducts(parts_rule, shapes(graph), saturates=saturates)
    for node in unquantised:
        if node.output[0] in quantisable:
            products.replace(node, numpy_helper.to_array(weights[node.input[1]]))
        else:
            products.nodes.append(node)
    _write(model, products.nodes, [*graph.initializer, *tables, *products.tensors], target)
    return len(quantisable)


class _QuantisedProducts:
    """Collects the nodes of the new graph and the tensors that they need."""

    def __init__(self, parts_rule: PartsRule, sizes: dict[str, Shape], *, saturates: bool) -> None:
        self._parts_rule = parts_rule
        self._sizes = sizes
        self._saturates = saturates
        self._quantised_activations: set[str] = set()
        self.nodes: list[onnx.NodeProto] = []
        self.tensors = decomposition.constants()

    def replace(self, node: onnx.NodeProto, matrix: npt.NDArray[np.float32]) -> None:
        """Add the quantised form of a product of an activation and ``matrix``."""
        activation, product = node.input[0], node.output[0]
        rows, columns = matrix.shape
        parts = self._parts_rule(rows, columns)
        tokens = _fixed_tokens(activation, self._sizes) if parts.activations == 1 else None
        # Query, key and value have the same activation, which is quantised only once.
        if activation not in self._quantised_activations:
            self._quantised_activations.add(activation)
            self.nodes += _quantise_activation(activation, parts, tokens, width=rows)
        self.tensors += quantise_columns(product, matrix, parts.weights, saturates=self._saturates)
        shape = (tokens, columns) if tokens else None
        self.nodes += decomposition.multiply(activation, product, parts, shape)


def _quantise_activation(
    name: str, parts: Parts, tokens: int | None, *, width: int
) -> list[onnx.NodeProto]:
    if tokens:
        return decomposition.quantise_flat_rows(name, width)
    return [
        node
        for part in range(1, parts.activations + 1)
        for node in decomposition.quantise_rows(name, part)
    ]


def _fixed_tokens(name: str, sizes: dict[str, Shape]) -> int | None:
    """The number of tokens of every input; None if it varies, as for texts."""
    size = sizes.get(name, ())
    return size[1] if len(size) == 3 and isinstance(size[1], int) else None


def _quantisable_products(graph: Any, weights: dict[str, onnx.TensorProto]) -> set[str]:
    """The outputs of all products with a constant matrix except the last product."""
    products = [
        node
        for node in graph.node
        if node.op_type == "MatMul"
        and node.input[1] in weights
        and len(weights[node.input[1]].dims) == 2
    ]
    return {node.output[0] for node in products[:-1]}


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
    new = list(values)
    del field[:]
    field.extend(new)
