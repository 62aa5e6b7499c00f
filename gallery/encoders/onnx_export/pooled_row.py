"""The last layer computed for the one token that becomes the vector.

A vision transformer's vector comes from its class token alone. After the last attention every
other token is computed and thrown away: three quarters of the last layer's products, 6 % of the
whole tower with twelve layers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper

from gallery.encoders.onnx_export.graph_view import (
    Shape,
    add_constant,
    attributes,
    constants,
    consumers,
    set_nodes,
    small_constants,
)

# Operators that compute each token from the same token of their inputs.
_TOKEN_BY_TOKEN = {
    "Add", "Sub", "Mul", "Div", "Sigmoid", "Tanh", "Erf", "Gelu", "LayerNormalization", "MatMul",
}  # fmt: skip


def compute_pooled_row(graph: Any, shapes: dict[str, Shape]) -> None:
    """Take the token out before the computation instead of after it. Nothing happens where the
    vector comes from more than one token.
    """
    pooling = next((node for node in reversed(graph.node) if _pools(graph, node, shapes)), None)
    if pooling is None:
        return
    alone = _computed_for_it_alone(graph, shapes, pooling)
    changed = [*alone, pooling]
    results = {node.output[0] for node in alone}
    taken = {name for node in changed for name in node.input if _is_per_token(name, shapes)}
    taken -= results
    place = add_constant(graph, f"{pooling.output[0]}.place", _place(graph, pooling).reshape(1))
    only = add_constant(graph, f"{pooling.output[0]}.only", np.int64(0))
    pooling.input[1] = only
    for node in changed:
        for number, name in enumerate(node.input):
            node.input[number] = f"{name}.row" if name in taken else name
    nodes: list[onnx.NodeProto] = []
    for node in graph.node:
        nodes.append(node)
        nodes += [
            helper.make_node("Gather", [name, place], [f"{name}.row"], axis=1)
            for name in taken.intersection(node.output)
        ]
    set_nodes(graph, nodes)


def _pools(graph: Any, node: onnx.NodeProto, shapes: dict[str, Shape]) -> bool:
    """Whether the node takes one token out of ``(inputs, tokens, features)``."""
    if node.op_type != "Gather" or attributes(node).get("axis", 0) != 1:
        return False
    index = small_constants(graph).get(node.input[1])
    return index is not None and index.ndim == 0 and len(shapes.get(node.input[0], ())) == 3


def _place(graph: Any, pooling: onnx.NodeProto) -> npt.NDArray[np.int64]:
    return small_constants(graph)[pooling.input[1]].astype(np.int64)


def _computed_for_it_alone(
    graph: Any, shapes: dict[str, Shape], pooling: onnx.NodeProto
) -> list[onnx.NodeProto]:
    """The nodes before the pooling whose results nothing else reads, and that compute each token
    from the same token.
    """
    readers, known = consumers(graph), constants(graph)
    alone = [pooling]
    for node in reversed(graph.node):
        read_by = readers[node.output[0]] if node.output else []
        mine = bool(read_by) and all(reader in alone for reader in read_by)
        if mine and _is_token_by_token(node, shapes, known):
            alone.append(node)
    return alone[1:]


def _is_token_by_token(node: onnx.NodeProto, shapes: dict[str, Shape], known: set[str]) -> bool:
    """All operands must have the result's tokens, or be the same for every token."""
    if node.op_type not in _TOKEN_BY_TOKEN:
        return False
    if node.op_type == "LayerNormalization" and attributes(node).get("axis", -1) != -1:
        return False
    first, *others = node.input
    if node.op_type == "MatMul":
        return _is_per_token(first, shapes) and others[0] in known
    tokens = shapes.get(node.output[0], ())[:2]
    operands = [name for name in node.input if name not in known]
    same = [name for name in node.input if name in known]
    return all(shapes.get(name, ())[:2] == tokens for name in operands) and all(
        len(shapes.get(name, (0, 0))) < 2 for name in same
    )


def _is_per_token(name: str, shapes: dict[str, Shape]) -> bool:
    return len(shapes.get(name, ())) == 3
