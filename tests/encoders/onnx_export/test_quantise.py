"""Products of matrices in 8-bit integers: how exact they are and what they depend on.

Kernels that add pairs of products in 16 bits lose large ones, so weights must be scaled for them.
The tests below hold for scaled weights on every processor, and for weights in full 8 bits where
the kernels add in 32 bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from gallery.encoders.onnx_export.graph_tools import with_shapes
from gallery.encoders.onnx_export.int8 import quantise
from gallery.encoders.onnx_export.int8.quantise import PartsRule, coarse, fine, fine_attention
from gallery.encoders.onnx_export.int8.weights import quantise_columns

WIDTH = 64
# Some numbers are far larger than the others, as in CLIP.
ROWS = np.random.default_rng(1).standard_normal((12, WIDTH)).astype(np.float32) * np.where(
    np.arange(WIDTH) % 31, 1, 30
).astype(np.float32)


@pytest.fixture(params=[True, False], ids=["scaled for 16 bits", "full 8 bits"])
def scaled(request: pytest.FixtureRequest, machine_saturates: bool) -> bool:
    """Whether weights are scaled so that sums of pairs of products fit into 16 bits."""
    if machine_saturates and not request.param:
        pytest.skip("the kernels of this processor add pairs of products in 16 bits")
    return bool(request.param)


# Inputs have any number of tokens, like texts, or always four, like pictures.
@pytest.fixture(params=[None, 4], ids=["any number of tokens", "four tokens"])
def tower(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A square matrix and an oblong one, then the projection, which is not quantised."""
    rng, names = np.random.default_rng(0), ("square", "oblong", "last")
    shapes = ((WIDTH, WIDTH), (WIDTH, 4 * WIDTH), (4 * WIDTH, 8))
    tensors = [
        numpy_helper.from_array(rng.standard_normal(shape).astype(np.float32), name)
        for name, shape in zip(names, shapes, strict=True)
    ]
    activations = ("rows", "of square", "of oblong", "of last")
    nodes = [
        helper.make_node("MatMul", [activations[index], name], [activations[index + 1]])
        for index, name in enumerate(names)
    ]
    size: Sequence[str | int] = ["n", request.param, WIDTH] if request.param else ["n", WIDTH]
    inputs = [helper.make_tensor_value_info("rows", TensorProto.FLOAT, size)]
    outputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in activations[1:]
    ]
    graph = helper.make_graph(nodes, "tower", inputs, outputs, tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    onnx.save(with_shapes(model), str(tmp_path / "full.onnx"))
    return tmp_path / "full.onnx"


def compute(file: Path, rows: Any, product: str) -> Any:
    session = onnxruntime.InferenceSession(str(file))
    tokens = session.get_inputs()[0].shape[1:-1]
    feed = {"rows": rows.reshape(-1, *tokens, WIDTH)}
    return session.run([product], feed)[0].reshape(len(rows), -1)


def quantised(tower: Path, parts_rule: PartsRule, scaled: bool) -> Path:
    target = tower.with_name("int8.onnx")
    assert quantise.quantise(tower, target, parts_rule, saturates=scaled) == 2
    return target


def arrays(file: Path) -> dict[str, Any]:
    """The constant tensors of the graph by name."""
    tensors = onnx.load(str(file)).graph.initializer
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in tensors}


def relative_error(tower: Path, parts_rule: PartsRule, scaled: bool) -> float:
    exact = compute(tower, ROWS, "of last")
    difference = compute(quantised(tower, parts_rule, scaled), ROWS, "of last") - exact
    return float(np.linalg.norm(difference) / np.linalg.norm(exact))


def test_a_second_part_leaves_little_error(tower: Path, scaled: bool) -> None:
    coarse_error = relative_error(tower, coarse, scaled)
    assert 1e-3 < coarse_error < 3e-2
    assert relative_error(tower, fine, scaled) < coarse_error / 50


def test_fine_attention_refines_square_matrices_only(tower: Path, scaled: bool) -> None:
    names = arrays(quantised(tower, fine_attention, scaled))
    assert "of square.q8.weights.2" in names
    assert "of oblong.q8.weights.2" not in names


def test_fine_attention_halves_the_weights_error(tower: Path, scaled: bool) -> None:
    # Without outliers half of the error comes from the weights.
    rows = np.random.default_rng(2).uniform(-1, 1, ROWS.shape).astype(np.float32)
    exact = compute(tower, rows, "of square")
    fine_error, coarse_error = (
        np.linalg.norm(compute(quantised(tower, rule, scaled), rows, "of square") - exact)
        for rule in (fine_attention, coarse)
    )
    assert fine_error < 0.9 * coarse_error


@pytest.mark.parametrize("parts_rule", [coarse, fine_attention, fine])
def test_a_row_does_not_depend_on_others(tower: Path, parts_rule: PartsRule, scaled: bool) -> None:
    file = quantised(tower, parts_rule, scaled)
    together = compute(file, ROWS, "of last")
    alone = [compute(file, ROWS[first : first + 4], "of last") for first in (0, 4, 8)]
    assert np.array_equal(together, np.concatenate(alone))


def test_rows_of_zeros_stay_zeros(tower: Path, scaled: bool) -> None:
    zeros = np.zeros((4, WIDTH), np.float32)
    for parts_rule in (coarse, fine):
        assert not compute(quantised(tower, parts_rule, scaled), zeros, "of last").any()


@pytest.mark.parametrize("saturates", [True, False])
def test_weights_are_scaled_for_the_kernels(tower: Path, saturates: bool) -> None:
    matrix, actual = arrays(tower)["square"], arrays(quantised(tower, fine, saturates))
    for tensor in quantise_columns("of square", matrix, 2, saturates=saturates):
        assert np.array_equal(actual[tensor.name], numpy_helper.to_array(tensor))
