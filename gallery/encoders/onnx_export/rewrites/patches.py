"""Replace the convolution that cuts a picture into patches by a product of matrices.

A vision transformer reads its patches with a convolution whose windows do not overlap. As a
product of matrices it can be computed in integers like the rest, and it takes less time even in
float32.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

from gallery.encoders.onnx_export.graph_tools import (
    Shape,
    add_constant,
    attributes,
    consumers,
    set_nodes,
)


def multiply_patches(graph: Any, shapes: dict[str, Shape]) -> None:
    """Replace each convolution without overlap whose windows then become tokens, row by row.

    That is a Conv, a Reshape to ``(pictures, channels, windows)`` and a Transpose.
    """
    weights = {tensor.name: tensor for tensor in graph.initializer}
    readers = consumers(graph)
    nodes: list[onnx.NodeProto] = []
    new_names: dict[str, str] = {}
    for node in graph.node:
        transpose = _transpose_to_tokens(node, readers, shapes)
        size = shapes.get(node.input[0]) if node.input else None
        if transpose is None or size is None or not _is_tiling(node, weights, size):
            nodes.append(node)
            continue
        kernel = numpy_helper.to_array(weights[node.input[1]])
        product = _product(graph, node, kernel, size)
        nodes += product
        new_names[transpose.output[0]] = product[-1].output[0]
    for node in nodes:
        for index, name in enumerate(node.input):
            node.input[index] = new_names.get(name, name)
    set_nodes(graph, nodes)


def _transpose_to_tokens(
    node: onnx.NodeProto, readers: Any, shapes: dict[str, Shape]
) -> onnx.NodeProto | None:
    """The Transpose that turns the windows of this convolution into tokens, or None."""
    if node.op_type != "Conv" or len(readers[node.output[0]]) != 1:
        return None
    (reshape,) = readers[node.output[0]]
    if reshape.op_type != "Reshape" or len(shapes.get(reshape.output[0], ())) != 3:
        return None
    if shapes[reshape.output[0]][:2] != shapes.get(node.output[0], ())[:2]:
        return None
    if len(readers[reshape.output[0]]) != 1:
        return None
    (transpose,) = readers[reshape.output[0]]
    swaps = transpose.op_type == "Transpose" and attributes(transpose).get("perm") == [0, 2, 1]
    return transpose if swaps else None


def _is_tiling(node: onnx.NodeProto, weights: Any, size: Shape) -> bool:
    """Whether the windows lie side by side and cover a picture of this size to its edges."""
    if node.input[1] not in weights or len(size) != 4:
        return False
    window = list(weights[node.input[1]].dims)[2:]
    settings = attributes(node)
    plain = not any(settings.get("pads", [0])) and settings.get("group", 1) == 1
    return (
        plain
        and list(settings.get("strides", [])) == window
        and all(step == 1 for step in settings.get("dilations", [1]))
        and all(isinstance(side, int) for side in size[1:])
        and all(int(side or 1) % step == 0 for side, step in zip(size[2:], window, strict=True))
    )


def _product(graph: Any, node: onnx.NodeProto, kernel: Any, size: Shape) -> list[onnx.NodeProto]:
    """Nodes that compute ``(pictures, windows, features)``, like the Transpose did."""
    name, (features, channels, height, width) = node.output[0], kernel.shape
    rows, columns = int(size[2] or 0) // height, int(size[3] or 0) // width
    parts = {
        "cut": np.array([-1, channels, rows, height, columns, width], np.int64),
        "flat": np.array([-1, rows * columns, channels * height * width], np.int64),
        "matrix": np.ascontiguousarray(kernel.reshape(features, -1).T),
    }
    cut, flat, matrix = (
        add_constant(graph, f"{name}.{part}", value) for part, value in parts.items()
    )
    make = helper.make_node
    nodes = [
        make("Reshape", [node.input[0], cut], [f"{name}.cut.out"]),
        make("Transpose", [f"{name}.cut.out"], [f"{name}.windows"], perm=[0, 2, 4, 1, 3, 5]),
        make("Reshape", [f"{name}.windows", flat], [f"{name}.rows"]),
        make("MatMul", [f"{name}.rows", matrix], [f"{name}.product"]),
    ]
    if len(node.input) > 2 and node.input[2]:
        nodes.append(make("Add", [f"{name}.product", node.input[2]], [f"{name}.biased"]))
    return nodes
