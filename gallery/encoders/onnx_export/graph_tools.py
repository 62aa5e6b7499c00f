"""Read and change an ONNX graph: constants, consumers, shapes, nodes."""

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

# A size, the name of a size that is known only at run time, or None if nothing is known.
Dimension = int | str | None
Shape = tuple[Dimension, ...]


def constants(graph: Any) -> set[str]:
    """The names of the tensors that do not depend on the graph's input."""
    names = {tensor.name for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Constant" or (node.op_type == "Identity" and node.input[0] in names):
            names.update(node.output)
    return names


def constant_nodes(graph: Any) -> dict[str, npt.NDArray[Any]]:
    """The values of the Constant nodes by output name: indices, shapes and scalars."""
    return {
        node.output[0]: numpy_helper.to_array(node.attribute[0].t)
        for node in graph.node
        if node.op_type == "Constant" and node.attribute[0].name == "value"
    }


def consumers(graph: Any) -> Mapping[str, list[onnx.NodeProto]]:
    """The nodes that read each tensor, by the tensor's name.

    An output of the graph has an empty node as an additional reader, so that no caller believes
    that it knows all readers.
    """
    readers: dict[str, list[onnx.NodeProto]] = defaultdict(list)
    for node in graph.node:
        for name in node.input:
            readers[name].append(node)
    for output in graph.output:
        readers[output.name].append(onnx.NodeProto())
    return readers


def attributes(node: onnx.NodeProto) -> dict[str, Any]:
    return {
        attribute.name: onnx.helper.get_attribute_value(attribute) for attribute in node.attribute
    }


def with_shapes(model: onnx.ModelProto) -> Any:
    """A copy of the model that contains the inferred shape of each tensor.

    Sizes with the same name are assumed to be equal. The inference guesses some sizes, so
    ``simplify`` compares the vectors afterwards.

    Raises a bare ``Exception`` if the inference does not know an operator of the graph. In this
    case it also writes the whole model into the working directory, so that is a temporary one.
    """
    from onnxruntime.tools.symbolic_shape_infer import SymbolicShapeInference

    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        return SymbolicShapeInference.infer_shapes(model, auto_merge=True)


def shapes(graph: Any) -> dict[str, Shape]:
    """The shapes that the graph contains, by tensor name."""
    known = {
        value.name: tuple(_dimension(size) for size in value.type.tensor_type.shape.dim)
        for value in (*graph.input, *graph.value_info, *graph.output)
        if value.type.tensor_type.HasField("shape")
    }
    return known | {weight.name: tuple(weight.dims) for weight in graph.initializer}


def _dimension(size: Any) -> Dimension:
    return int(size.dim_value) if size.HasField("dim_value") else size.dim_param or None


def add_constant(graph: Any, name: str, value: npt.ArrayLike) -> str:
    """Add a constant tensor to the graph and return its name."""
    graph.initializer.append(numpy_helper.from_array(np.asarray(value), name))
    return name


def set_nodes(graph: Any, nodes: list[onnx.NodeProto]) -> None:
    """Replace the nodes of the graph. Nodes and constants that nothing reads are left out."""
    outputs = {output.name for output in graph.output}
    needed = _needed_for(outputs, nodes)
    read = {name for node in needed for name in node.input} | outputs
    weights = [tensor for tensor in graph.initializer if tensor.name in read]
    for field, values in ((graph.node, needed), (graph.initializer, weights)):
        del field[:]
        field.extend(values)


def _needed_for(outputs: set[str], nodes: list[onnx.NodeProto]) -> list[onnx.NodeProto]:
    """Nodes are in the order of computation, so one pass from the end finds all that are read."""
    read, needed = set(outputs), []
    for node in reversed(nodes):
        if read.intersection(node.output):
            read.update(node.input)
            needed.append(node)
    return needed[::-1]
