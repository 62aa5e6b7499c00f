"""Compute the last layer only for the token that becomes the vector.

The vector of a vision transformer comes from the class token alone. After the last attention, all
other tokens are computed in vain: three quarters of the last layer's products, which are 6 % of a
tower with twelve layers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from onnx import helper

from gallery.encoders.onnx_export.graph_tools import (
    Shape,
    add_constant,
    attributes,
    constant_nodes,
    constants,
    consumers,
    set_nodes,
)

# Operators that compute each token from the same token of their inputs.
_TOKEN_BY_TOKEN = {
    "Add", "Sub", "Mul", "Div", "Sigmoid", "Tanh", "Erf", "Gelu", "LayerNormalization", "MatMul",
}  # fmt: skip


def compute_pooled_token(graph: Any, shapes: dict[str, Shape]) -> None:
    """Select the token before the last computations instead of after them.

    The graph stays as it is if the vector comes from more than one token.
    """
    pooling = next((node for node in reversed(graph.node) if _pools(graph, node, shapes)), None)
    if pooling is None:
        return
    movable = _computed_for(pooling, graph, shapes)
    if not movable:
        return
    later = [*movable, pooling]
    results = {node.output[0] for node in movable}
    shortened = {name for node in later for name in node.input if _has_tokens(name, shapes)}
    shortened -= results | constants(graph)
    index = constant_nodes(graph)[pooling.input[1]].astype(np.int64).reshape(1)
    token = add_constant(graph, f"{pooling.output[0]}.token", index)
    pooling.input[1] = add_constant(graph, f"{pooling.output[0]}.first", np.int64(0))
    for node in later:
        for position, name in enumerate(node.input):
            node.input[position] = f"{name}.token" if name in shortened else name
    _select_token(graph, shortened, token)


def _select_token(graph: Any, shortened: set[str], token: str) -> None:
    """Add a Gather after each node whose output is read for one token only."""
    nodes: list[onnx.NodeProto] = []
    for node in graph.node:
        nodes.append(node)
        nodes += [
            helper.make_node("Gather", [name, token], [f"{name}.token"], axis=1)
            for name in shortened.intersection(node.output)
        ]
    set_nodes(graph, nodes)


def _pools(graph: Any, node: onnx.NodeProto, shapes: dict[str, Shape]) -> bool:
    """Whether the node selects one token of ``(inputs, tokens, features)``."""
    if node.op_type != "Gather" or attributes(node).get("axis", 0) != 1:
        return False
    index = constant_nodes(graph).get(node.input[1])
    return index is not None and index.ndim == 0 and _has_tokens(node.input[0], shapes)


def _computed_for(
    pooling: onnx.NodeProto, graph: Any, shapes: dict[str, Shape]
) -> list[onnx.NodeProto]:
    """The nodes before the pooling that need to compute only the pooled token, last node first.

    They compute each token from the same token of their inputs, and only the pooling or other such
    nodes read their results.
    """
    readers, known = consumers(graph), constants(graph)
    movable = [pooling]
    for node in reversed(graph.node):
        read_by = readers[node.output[0]] if node.output else []
        if not read_by or any(reader not in movable for reader in read_by):
            continue
        if _is_token_by_token(node, shapes, known):
            movable.append(node)
    return movable[1:]


def _is_token_by_token(node: onnx.NodeProto, shapes: dict[str, Shape], known: set[str]) -> bool:
    """Whether each operand has the tokens of the result or is the same for every token."""
    if node.op_type not in _TOKEN_BY_TOKEN or not _has_tokens(node.output[0], shapes):
        return False
    if node.op_type == "LayerNormalization" and attributes(node).get("axis", -1) != -1:
        return False
    tokens = shapes[node.output[0]][:2]
    computed = [name for name in node.input if name not in known]
    fixed = [name for name in node.input if name in known]
    max_dimensions = 2 if node.op_type == "MatMul" else 1
    return (
        all(shapes.get(name, ())[:2] == tokens for name in computed)
        and all(len(shapes.get(name, (0, 0, 0))) <= max_dimensions for name in fixed)
        and (node.op_type != "MatMul" or list(node.input[1:]) == fixed)
    )


def _has_tokens(name: str, shapes: dict[str, Shape]) -> bool:
    shape = shapes.get(name, ())
    return len(shape) == 3 and None not in shape
