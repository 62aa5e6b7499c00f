"""Reading and changing an ONNX graph: constants, consumers, shapes, nodes."""

from __future__ import annotations

import contextlib
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import numpy_helper

# A size, the name of a size that is known at run time only, or None where nothing is known.
Dimension = int | str | None
Shape = tuple[Dimension, ...]


def constants(graph: Any) -> set[str]:
    """Names of the tensors that do not depend on the input."""
    names = {tensor.name for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Constant" or (node.op_type == "Identity" and node.input[0] in names):
            names.update(node.output)
    return names


def small_constants(graph: Any) -> dict[str, npt.NDArray[Any]]:
    """Values of the constants that are nodes: indices, shapes and scalars."""
    return {
        node.output[0]: numpy_helper.to_array(node.attribute[0].t)
        for node in graph.node
        if node.op_type == "Constant" and node.attribute[0].name == "value"
    }


def consumers(graph: Any) -> Mapping[str, list[onnx.NodeProto]]:
    """The nodes that read each tensor. An output of the graph has an empty node as one more reader,
    so that no step takes the nodes for all of its readers.
    """
    readers: dict[str, list[onnx.NodeProto]] = defaultdict(list)
    for node in graph.node:
        for name in node.input:
            readers[name].append(node)
    for output in graph.output:
        readers[output.name].append(onnx.NodeProto())
    return readers


def attributes(node: onnx.NodeProto) -> dict[str, Any]:
    return {given.name: onnx.helper.get_attribute_value(given) for given in node.attribute}


def inferred(model: onnx.ModelProto) -> Any:
    """A copy of the model that names the shape of each tensor. Sizes with the same name are assumed
    to be equal; the inference guesses some, and ``simplify`` compares the vectors.

    Raises a bare ``Exception`` where the graph has operators that the inference does not know. It
    then leaves the whole model in the working directory, hence the temporary one.
    """
    from onnxruntime.tools.symbolic_shape_infer import SymbolicShapeInference

    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        return SymbolicShapeInference.infer_shapes(model, auto_merge=True)


def shapes(graph: Any) -> dict[str, Shape]:
    """By tensor, of those whose shape the graph names."""
    named = {
        value.name: tuple(_dimension(size) for size in value.type.tensor_type.shape.dim)
        for value in (*graph.input, *graph.value_info, *graph.output)
        if value.type.tensor_type.HasField("shape")
    }
    return named | {weight.name: tuple(weight.dims) for weight in graph.initializer}


def _dimension(size: Any) -> Dimension:
    return int(size.dim_value) if size.HasField("dim_value") else size.dim_param or None


def add_constant(graph: Any, name: str, value: npt.ArrayLike) -> str:
    graph.initializer.append(numpy_helper.from_array(np.asarray(value), name))
    return name


def set_nodes(graph: Any, nodes: list[onnx.NodeProto]) -> None:
    """Replace the nodes, without those whose results nobody reads, and drop unread constants."""
    outputs = {output.name for output in graph.output}
    kept = _read(nodes, outputs)
    read = {name for node in kept for name in node.input} | outputs
    weights = [tensor for tensor in graph.initializer if tensor.name in read]
    for field, values in ((graph.node, kept), (graph.initializer, weights)):
        del field[:]
        field.extend(values)


def _read(nodes: list[onnx.NodeProto], outputs: set[str]) -> list[onnx.NodeProto]:
    """Nodes are in the order of computation, so one pass from the end finds all that is read."""
    read, kept = set(outputs), []
    for node in reversed(nodes):
        if read.intersection(node.output):
            read.update(node.input)
            kept.append(node)
    return kept[::-1]
