"""A product of matrices in 8-bit integers, each number kept as one or two.

The second integer holds what the first leaves, 254 times finer. Weights have a scale per output
column, as usual. Activations have a scale per row, that is per token, and not one per tensor as
ONNX Runtime's own dynamic quantisation gives them: CLIP's activations have outliers that one scale
for a whole batch would pay for, and a vector would depend on what else happens to be in its batch.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

DOMAIN = "com.microsoft"

_MOST = 127
# Unsigned activations times signed weights is what processors have instructions for.
_ZERO = 128
# What rounding leaves is at most half a step: so it fills eight bits again.
_FINER = 2 * _MOST
_STEP, _FINE_STEP, _ZERO_POINT = "q8.step", "q8.fine", "q8.zero"
_LAST_AXIS, _TINY = "q8.axis", "q8.tiny"


class Parts(NamedTuple):
    """How many integers, 1 or 2, stand for a weight and for an activation."""

    weights: int
    activations: int


def constants() -> list[onnx.TensorProto]:
    """What the nodes below refer to by name."""
    values: dict[str, Any] = {
        _STEP: np.float32(1 / _MOST),
        _FINE_STEP: np.float32(1 / _MOST / _FINER),
        _ZERO_POINT: np.uint8(_ZERO),
        _LAST_AXIS: np.array([-1], np.int64),
        _TINY: np.float32(1e-12),
    }
    return [numpy_helper.from_array(np.asarray(value), name) for name, value in values.items()]


def rows(name: str, part: int) -> list[onnx.NodeProto]:
    """An activation's first or second part; the second is made of what the first leaves."""
    make = helper.make_node
    if part == 1:
        # Each row divided by its greatest number, which is kept, then 8 bits around 128.
        return [
            make("Abs", [name], [f"{name}.q8.abs"]),
            make("ReduceMax", [f"{name}.q8.abs", _LAST_AXIS], [f"{name}.q8.max"], keepdims=1),
            make("Max", [f"{name}.q8.max", _TINY], [f"{name}.q8.scale"]),
            make("Div", [name, f"{name}.q8.scale"], [f"{name}.q8.unit"]),
            make("QuantizeLinear", [f"{name}.q8.unit", _STEP, _ZERO_POINT], [f"{name}.q8.1"]),
        ]
    return [
        make("DequantizeLinear", [f"{name}.q8.1", _STEP, _ZERO_POINT], [f"{name}.q8.told"]),
        make("Sub", [f"{name}.q8.unit", f"{name}.q8.told"], [f"{name}.q8.rest"]),
        make("QuantizeLinear", [f"{name}.q8.rest", _FINE_STEP, _ZERO_POINT], [f"{name}.q8.2"]),
    ]


def rows_at_once(name: str, width: int) -> list[onnx.NodeProto]:
    """As ``rows(name, 1)``, of ``(inputs, tokens, width)``; each number is read three times and not
    six. The part is ``(inputs * tokens, width)``, the scale ``(inputs * tokens, 1)``.
    """
    make, flat = helper.make_node, f"{name}.q8.flat"
    return [
        *_reshaped(name, flat, (-1, width)),
        make("ReduceMax", [flat, _LAST_AXIS], [f"{name}.q8.most"], keepdims=1),
        make("ReduceMin", [flat, _LAST_AXIS], [f"{name}.q8.least"], keepdims=1),
        make("Neg", [f"{name}.q8.least"], [f"{name}.q8.opposite"]),
        make("Max", [f"{name}.q8.most", f"{name}.q8.opposite", _TINY], [f"{name}.q8.scale"]),
        make("Mul", [f"{name}.q8.scale", _STEP], [f"{name}.q8.column"]),
        *_reshaped(f"{name}.q8.column", f"{name}.q8.steps", (-1,)),
        make("Shape", [f"{name}.q8.steps"], [f"{name}.q8.count"]),
        make("Expand", [_ZERO_POINT, f"{name}.q8.count"], [f"{name}.q8.zeros"]),
        make(
            "QuantizeLinear",
            [flat, f"{name}.q8.steps", f"{name}.q8.zeros"],
            [f"{name}.q8.1"],
            axis=0,
        ),
    ]


def _reshaped(name: str, result: str, shape: tuple[int, ...]) -> list[onnx.NodeProto]:
    target = numpy_helper.from_array(np.array(shape, np.int64))
    return [
        helper.make_node("Constant", [], [f"{result}.target"], value=target),
        helper.make_node("Reshape", [name, f"{result}.target"], [result]),
    ]


def columns(
    name: str, matrix: npt.NDArray[np.float32], parts: int, *, saturates: bool
) -> list[onnx.TensorProto]:
    """A constant matrix's parts and their scales, under the name of the product it is for."""
    made, rest = [], matrix
    for part in range(1, parts + 1):
        largest = _largest_pairs(rest) if saturates else np.abs(rest).max(axis=0)
        scales = np.maximum(largest, 1e-12) / _MOST
        integers = np.rint(rest / scales)
        made += [
            numpy_helper.from_array(integers.astype(np.int8), f"{name}.q8.weights.{part}"),
            numpy_helper.from_array(scales.astype(np.float32), f"{name}.q8.columns.{part}"),
        ]
        rest = rest - integers * scales
    return made


def _largest_pairs(matrix: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The largest sum of two neighbouring weights of one sign, in each column.

    Kernels that saturate add ``a * w + b * v`` of neighbours ``w`` and ``v`` in 16 bits, where the
    activations ``a`` and ``b`` are at most 255. When the sum is scaled to 127, which rounding makes
    128 at most, the result stays between -32,640 and 32,640. The step becomes 1.3 times as wide for
    normally distributed weights; in 7 bits, the usual remedy, it would be twice as wide.
    """
    if len(matrix) % 2:
        matrix = np.vstack([matrix, np.zeros_like(matrix[:1])])
    sums = [part[0::2] + part[1::2] for part in (np.maximum(matrix, 0), np.maximum(-matrix, 0))]
    largest: npt.NDArray[np.float32] = np.maximum(*sums).max(axis=0)
    return largest


def multiplied(
    given: str, product: str, parts: Parts, shape: tuple[int, int] | None = None
) -> list[onnx.NodeProto]:
    """The product, without that of both second parts, which is below what is kept anyway.

    ``shape``: tokens and columns of a product of ``rows_at_once``.
    """
    pairs = [(1, 1), *((1, part) for part in range(2, parts.weights + 1))]
    pairs += [(part, 1) for part in range(2, parts.activations + 1)]
    nodes = [_product(given, product, *pair) for pair in pairs]
    (units, *others) = (node.output[0] for node in nodes)
    if others:
        nodes.append(helper.make_node("Sum", [units, *others], [f"{product}.q8.units"]))
        units = f"{product}.q8.units"
    scaled = product if shape is None else f"{product}.q8.scaled"
    nodes.append(helper.make_node("Mul", [units, f"{given}.q8.scale"], [scaled]))
    return nodes if shape is None else [*nodes, *_reshaped(scaled, product, (-1, *shape))]


def _product(given: str, product: str, activation: int, weight: int) -> onnx.NodeProto:
    inputs = [
        f"{given}.q8.{activation}",
        f"{product}.q8.weights.{weight}",
        _STEP if activation == 1 else _FINE_STEP,
        f"{product}.q8.columns.{weight}",
        _ZERO_POINT,
    ]
    output = f"{product}.q8.{activation}.{weight}"
    return helper.make_node("MatMulIntegerToFloat", inputs, [output], domain=DOMAIN)
