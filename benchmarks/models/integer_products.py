"""Integer matrix products in ONNX Runtime, against float32 in the same run.

    python -m benchmarks.models.integer_products
    python -m tools.older_cpu avx2 -- python -m benchmarks.models.integer_products

One thread. The shapes are those of the MLP of a ViT-B/32 for eight pictures and for one short
text. The error is that of the product, relative to its norm, for normally distributed numbers.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from benchmarks.protocol import milliseconds, revision, sgemm, table
from gallery.encoders.onnx_export.int8 import decomposition
from gallery.encoders.onnx_export.int8.weights import quantise_columns

ROUNDS = 30
SHAPES = {"8 pictures": (400, 768, 3072), "1 text": (10, 512, 2048)}
# With this option ONNX Runtime uses unsigned integers where signed ones would saturate.
PRECISE = {"session.x64quantprecision": "1"}

Array = Any
Nodes = list[Any]
Tensors = list[Any]


@dataclass(frozen=True)
class Method:
    build: Callable[[Array], tuple[Nodes, Tensors]]
    options: dict[str, str]


def float32(matrix: Array) -> tuple[Nodes, Tensors]:
    product = helper.make_node("MatMul", ["rows", "matrix"], ["product"])
    return [product], [numpy_helper.from_array(matrix, "matrix")]


def ours(*, saturates: bool) -> Callable[[Array], tuple[Nodes, Tensors]]:
    def build(matrix: Array) -> tuple[Nodes, Tensors]:
        single = decomposition.Parts(weights=1, activations=1)
        nodes = [
            *decomposition.quantise_rows("rows", 1),
            *decomposition.multiply("rows", "product", single),
        ]
        return nodes, [
            *decomposition.constants(),
            *quantise_columns("product", matrix, 1, saturates=saturates),
        ]

    return build


def seven_bits(matrix: Array) -> tuple[Nodes, Tensors]:
    """The usual workaround: weights from -63 to 63, so that no pair of products saturates."""
    nodes, tensors = ours(saturates=False)(matrix)
    scales = np.abs(matrix).max(axis=0) / 63
    integers = np.rint(matrix / scales).astype(np.int8)
    tensors_left = [tensor for tensor in tensors if ".weights." not in tensor.name]
    tensors_left = [tensor for tensor in tensors_left if ".columns." not in tensor.name]
    weights = numpy_helper.from_array(integers, "product.q8.weights.1")
    return nodes, [*tensors_left, weights, numpy_helper.from_array(scales, "product.q8.columns.1")]


def scale_per_tensor(matrix: Array) -> tuple[Nodes, Tensors]:
    scales = np.abs(matrix).max(axis=0) / 127
    integers = np.rint(matrix / scales).astype(np.int8)
    node = helper.make_node(
        "DynamicQuantizeMatMul",
        ["rows", "matrix", "scales"],
        ["product"],
        domain=decomposition.DOMAIN,
    )
    tensors = {"matrix": integers, "scales": scales}
    return [node], [numpy_helper.from_array(value, name) for name, value in tensors.items()]


def blocks(bits: int, size: int = 128) -> Callable[[Array], tuple[Nodes, Tensors]]:
    """``MatMulNBits``: one scale per block of weights; the kernel converts activations."""

    def build(matrix: Array) -> tuple[Nodes, Tensors]:
        length, width = matrix.shape
        parts, middle = matrix.T.reshape(width, -1, size), 1 << (bits - 1)
        scales = np.abs(parts).max(axis=-1) / (middle - 1)
        integers = (np.rint(parts / scales[..., None]) + middle).astype(np.uint8)
        packed = integers if bits == 8 else integers[..., 0::2] | (integers[..., 1::2] << 4)
        node = helper.make_node(
            "MatMulNBits", ["rows", "matrix", "scales"], ["product"], domain=decomposition.DOMAIN,
            K=length, N=width, bits=bits, block_size=size, accuracy_level=4,
        )  # fmt: skip
        tensors = {"matrix": packed, "scales": scales}
        return [node], [numpy_helper.from_array(value, name) for name, value in tensors.items()]

    return build


METHODS = {
    "float32": Method(float32, {}),
    "8 bits, a scale per row (large products saturate without VNNI)": Method(
        ours(saturates=False), {}
    ),
    "**8 bits, pairs that fit into 16 bits**": Method(ours(saturates=True), {}),
    "7 bits": Method(seven_bits, {}),
    "8 bits, unsigned by unsigned": Method(ours(saturates=False), PRECISE),
    "8 bits, a scale per tensor, unsigned by unsigned": Method(scale_per_tensor, PRECISE),
    "MatMulNBits, 8 bits": Method(blocks(8), {}),
    "MatMulNBits, 4 bits": Method(blocks(4), {}),
}


def session(method: Method, matrix: Array) -> Any:
    nodes, tensors = method.build(matrix)
    rows = helper.make_tensor_value_info("rows", TensorProto.FLOAT, ["n", len(matrix)])
    product = helper.make_tensor_value_info("product", TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, "product", [rows], [product], tensors)
    domains = [helper.make_opsetid("", 18), helper.make_opsetid(decomposition.DOMAIN, 1)]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = 1, 3
    for name, value in method.options.items():
        options.add_session_config_entry(name, value)
    model = helper.make_model(graph, opset_imports=domains, ir_version=10)
    return onnxruntime.InferenceSession(model.SerializeToString(), options)


def measured(count: int, length: int, width: int) -> dict[str, tuple[float, float]]:
    """GOP/s and relative error of each method. Rounds alternate; the best of each counts."""
    rng = np.random.default_rng(0)
    rows = rng.standard_normal((count, length)).astype(np.float32)
    matrix = rng.standard_normal((length, width)).astype(np.float32)
    exact = rows @ matrix
    sessions = {name: session(method, matrix) for name, method in METHODS.items()}
    times = dict.fromkeys(sessions, float("inf"))
    for _ in range(ROUNDS):
        for name, one in sessions.items():
            spent = milliseconds(lambda one=one: one.run(None, {"rows": rows}))  # type: ignore[misc]
            times[name] = min(times[name], spent)
    work = 2 * count * length * width / 1e6
    return {
        name: (
            work / times[name],
            float(np.linalg.norm(one.run(None, {"rows": rows})[0] - exact) / np.linalg.norm(exact)),
        )
        for name, one in sessions.items()
    }


def main() -> None:
    warnings.simplefilter("ignore")
    figures = {name: measured(*shape) for name, shape in SHAPES.items()}
    header = ["method", *(f"{name}, GOP/s" for name in SHAPES), "error"]
    rows = [
        [method, *(f"{figures[name][method][0]:.0f}" for name in SHAPES),
         f"{figures['8 pictures'][method][1]:.4f}"]
        for method in METHODS
    ]  # fmt: skip
    print(f"Commit {revision()}. SGEMM, all cores: {sgemm():.0f} GFLOP/s.\n")
    print(table(header, rows))


if __name__ == "__main__":
    main()
