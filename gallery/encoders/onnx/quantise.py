"""A tower's big matrices, and its table of words, as 8-bit integers. Export child only.

Weights get a scale per output column, as usual. Activations get a scale per row, that is per
token, and not one per tensor as ONNX Runtime's own dynamic quantisation gives them: CLIP's
activations have outliers that one scale for a whole batch would pay for, and a vector would depend
on what else happens to be in its batch.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

from gallery.encoders.onnx.tables import tables_quantised

Weights = npt.NDArray[np.float32]
Chooses = Callable[[int, int], bool]

_MICROSOFT = "com.microsoft"
_MOST = 127
# Unsigned activations times signed weights is what processors have instructions for.
_ZERO = 128
_STEP, _ZERO_POINT, _LAST_AXIS, _TINY = "q8.step", "q8.zero", "q8.axis", "q8.tiny"


def every_matrix(rows: int, columns: int) -> bool:
    return True


def mlp_only(rows: int, columns: int) -> bool:
    """Two matrices of a transformer's MLP are oblong; those of its attention are square."""
    return max(rows, columns) >= 2 * min(rows, columns)


def quantise(source: Path, target: Path, chooses: Chooses) -> int:
    """Write ``target`` and return how many matrices it holds as integers.

    The last matrix stays as it is: the projection into the shared space costs next to nothing.
    """
    model = onnx.load(str(source))
    graph = model.graph
    weights = {tensor.name: tensor for tensor in graph.initializer}
    chosen = _chosen(graph, weights, chooses)
    nodes: list[onnx.NodeProto] = []
    given, made = tables_quantised(graph.node, weights)
    made += _constants()
    scaled: set[str] = set()
    for node in given:
        if node.output[0] not in chosen:
            nodes.append(node)
            continue
        if node.input[0] not in scaled:  # query, key and value share their input
            scaled.add(node.input[0])
            nodes += _rows_quantised(node.input[0])
        made += _columns_quantised(node.output[0], numpy_helper.to_array(weights[node.input[1]]))
        nodes += _multiplied(node)
    _replace(graph.node, nodes)
    used = {name for node in nodes for name in node.input}
    _replace(graph.initializer, [*(t for t in graph.initializer if t.name in used), *made])
    if all(known.domain != _MICROSOFT for known in model.opset_import):
        model.opset_import.append(helper.make_opsetid(_MICROSOFT, 1))
    onnx.save(model, str(target))
    return len(chosen)


def _chosen(graph: Any, weights: dict[str, onnx.TensorProto], chooses: Chooses) -> set[str]:
    """Outputs of the products with constant matrices that are to be replaced."""
    found = [
        node
        for node in graph.node
        if node.op_type == "MatMul"
        and node.input[1] in weights
        and len(weights[node.input[1]].dims) == 2
    ]
    return {node.output[0] for node in found[:-1] if chooses(*weights[node.input[1]].dims)}


def _constants() -> list[onnx.TensorProto]:
    values: dict[str, Any] = {
        _STEP: np.float32(1 / _MOST),
        _ZERO_POINT: np.uint8(_ZERO),
        _LAST_AXIS: np.array([-1], np.int64),
        _TINY: np.float32(1e-12),
    }
    return [numpy_helper.from_array(np.asarray(value), name) for name, value in values.items()]


def _rows_quantised(name: str) -> list[onnx.NodeProto]:
    """Each row divided by its greatest number, which is kept, then 8 bits around 128."""
    make = helper.make_node
    return [
        make("Abs", [name], [f"{name}.q8.abs"]),
        make("ReduceMax", [f"{name}.q8.abs", _LAST_AXIS], [f"{name}.q8.max"], keepdims=1),
        make("Max", [f"{name}.q8.max", _TINY], [f"{name}.q8.scale"]),
        make("Div", [name, f"{name}.q8.scale"], [f"{name}.q8.unit"]),
        make("QuantizeLinear", [f"{name}.q8.unit", _STEP, _ZERO_POINT], [f"{name}.q8"]),
    ]


def _columns_quantised(name: str, matrix: Weights) -> list[onnx.TensorProto]:
    scales = np.maximum(np.abs(matrix).max(axis=0), 1e-12) / _MOST
    integers = np.rint(matrix / scales).clip(-_MOST, _MOST).astype(np.int8)
    return [
        numpy_helper.from_array(integers, f"{name}.q8.weights"),
        numpy_helper.from_array(scales.astype(np.float32), f"{name}.q8.columns"),
    ]


def _multiplied(node: onnx.NodeProto) -> list[onnx.NodeProto]:
    given, product = node.input[0], node.output[0]
    inputs = [f"{given}.q8", f"{product}.q8.weights", _STEP, f"{product}.q8.columns", _ZERO_POINT]
    return [
        helper.make_node(
            "MatMulIntegerToFloat", inputs, [f"{product}.q8.units"], domain=_MICROSOFT
        ),
        helper.make_node("Mul", [f"{product}.q8.units", f"{given}.q8.scale"], [product]),
    ]


def _replace(field: Any, values: list[Any]) -> None:
    kept = list(values)
    del field[:]
    field.extend(kept)
