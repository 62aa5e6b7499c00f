"""Compute a product of matrices in 8-bit integers, with one or two integers per number.

The second integer holds the remainder of the first in steps that are 254 times finer. Weights have
one scale per output column, as usual. Activations have one scale per row, that is per token.
ONNX Runtime's own dynamic quantisation uses one scale per tensor. CLIP's activations have outliers,
which would make that scale coarse for the whole batch, and a vector would depend on the other
inputs in its batch.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import onnx
from onnx import helper, numpy_helper

DOMAIN = "com.microsoft"
MAX_INT8 = 127

# Activations are unsigned and weights signed, because processors have instructions for that.
_ZERO = 128
# The remainder is at most half a step, so it fills eight bits again.
_FINER = 2 * MAX_INT8
_STEP, _FINE_STEP, _ZERO_POINT = "q8.step", "q8.fine", "q8.zero"
_LAST_AXIS, _TINY = "q8.axis", "q8.tiny"


class Parts(NamedTuple):
    """How many integers represent one weight and one activation: 1 (coarse) or 2 (fine)."""

    weights: int
    activations: int


def constants() -> list[onnx.TensorProto]:
    """The tensors that the nodes of this module read by name."""
    values: dict[str, Any] = {
        _STEP: np.float32(1 / MAX_INT8),
        _FINE_STEP: np.float32(1 / MAX_INT8 / _FINER),
        _ZERO_POINT: np.uint8(_ZERO),
        _LAST_AXIS: np.array([-1], np.int64),
        _TINY: np.float32(1e-12),
    }
    return [numpy_helper.from_array(np.asarray(value), name) for name, value in values.items()]


def quantise_rows(name: str, part: int) -> list[onnx.NodeProto]:
    """Nodes that compute part 1 or part 2 of an activation. Part 2 needs part 1."""
    make = helper.make_node
    if part == 1:
        # Divide each row by its largest absolute value, the scale, then use 8 bits around 128.
        return [
            make("Abs", [name], [f"{name}.q8.abs"]),
            make("ReduceMax", [f"{name}.q8.abs", _LAST_AXIS], [f"{name}.q8.max"], keepdims=1),
            make("Max", [f"{name}.q8.max", _TINY], [f"{name}.q8.scale"]),
            make("Div", [name, f"{name}.q8.scale"], [f"{name}.q8.unit"]),
            make("QuantizeLinear", [f"{name}.q8.unit", _STEP, _ZERO_POINT], [f"{name}.q8.1"]),
        ]
    return [
        make("DequantizeLinear", [f"{name}.q8.1", _STEP, _ZERO_POINT], [f"{name}.q8.restored"]),
        make("Sub", [f"{name}.q8.unit", f"{name}.q8.restored"], [f"{name}.q8.rest"]),
        make("QuantizeLinear", [f"{name}.q8.rest", _FINE_STEP, _ZERO_POINT], [f"{name}.q8.2"]),
    ]


def quantise_flat_rows(name: str, width: int) -> list[onnx.NodeProto]:
    """Like ``quantise_rows(name, 1)``, for an activation of shape ``(inputs, tokens, width)``.

    Each number is read three times instead of six. Part 1 has the shape ``(inputs * tokens,
    width)`` and the scale ``(inputs * tokens, 1)``.
    """
    make, flat = helper.make_node, f"{name}.q8.flat"
    return [
        *_reshape(name, flat, (-1, width)),
        make("ReduceMax", [flat, _LAST_AXIS], [f"{name}.q8.most"], keepdims=1),
        make("ReduceMin", [flat, _LAST_AXIS], [f"{name}.q8.least"], keepdims=1),
        make("Neg", [f"{name}.q8.least"], [f"{name}.q8.opposite"]),
        make("Max", [f"{name}.q8.most", f"{name}.q8.opposite", _TINY], [f"{name}.q8.scale"]),
        make("Mul", [f"{name}.q8.scale", _STEP], [f"{name}.q8.column"]),
        *_reshape(f"{name}.q8.column", f"{name}.q8.steps", (-1,)),
        make("Shape", [f"{name}.q8.steps"], [f"{name}.q8.count"]),
        make("Expand", [_ZERO_POINT, f"{name}.q8.count"], [f"{name}.q8.zeros"]),
        make(
            "QuantizeLinear",
            [flat, f"{name}.q8.steps", f"{name}.q8.zeros"],
            [f"{name}.q8.1"],
            axis=0,
        ),
    ]


def multiply(
    activation: str, product: str, parts: Parts, shape: tuple[int, int] | None = None
) -> list[onnx.NodeProto]:
    """Nodes that compute the product of a quantised activation and the weights of ``product``.

    The product of the two second parts is left out. It is smaller than the error that remains
    anyway. ``shape`` is needed after ``quantise_flat_rows``: the product's tokens and columns.
    """
    pairs = [(1, 1), *((1, part) for part in range(2, parts.weights + 1))]
    pairs += [(part, 1) for part in range(2, parts.activations + 1)]
    nodes = [_multiply_parts(activation, product, *pair) for pair in pairs]
    (total, *others) = (node.output[0] for node in nodes)
    if others:
        nodes.append(helper.make_node("Sum", [total, *others], [f"{product}.q8.units"]))
        total = f"{product}.q8.units"
    scaled = product if shape is None else f"{product}.q8.scaled"
    nodes.append(helper.make_node("Mul", [total, f"{activation}.q8.scale"], [scaled]))
    return nodes if shape is None else [*nodes, *_reshape(scaled, product, (-1, *shape))]


def _multiply_parts(
    activation: str, product: str, activation_part: int, weight_part: int
) -> onnx.NodeProto:
    inputs = [
        f"{activation}.q8.{activation_part}",
        f"{product}.q8.weights.{weight_part}",
        _STEP if activation_part == 1 else _FINE_STEP,
        f"{product}.q8.columns.{weight_part}",
        _ZERO_POINT,
    ]
    output = f"{product}.q8.{activation_part}.{weight_part}"
    return helper.make_node("MatMulIntegerToFloat", inputs, [output], domain=DOMAIN)


def _reshape(name: str, result: str, shape: tuple[int, ...]) -> list[onnx.NodeProto]:
    target = numpy_helper.from_array(np.array(shape, np.int64))
    return [
        helper.make_node("Constant", [], [f"{result}.target"], value=target),
        helper.make_node("Reshape", [name, f"{result}.target"], [result]),
    ]
