"""Products of matrices as 8-bit integers: how exact they are, and what they depend on.

Kernels that add pairs of products in 16 bits lose large ones, so there the weights must be scaled
for them. Everything below holds for weights scaled so on every processor, and for weights in full
8 bits where the kernels add in 32 bits.
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

from gallery.encoders.onnx_export.graph_tools import inferred
from gallery.encoders.onnx_export.int8 import decomposition, quantise
from gallery.encoders.onnx_export.int8.quantise import PartsOf, coarse, fine, fine_attention

WIDTH = 64
# As of CLIP: a few numbers are far larger than the others.
ROWS = np.random.default_rng(1).standard_normal((12, WIDTH)).astype(np.float32) * np.where(
    np.arange(WIDTH) % 31, 1, 30
).astype(np.float32)


@pytest.fixture(params=[True, False], ids=["pairs that fit", "full 8 bits"])
def fits(request: pytest.FixtureRequest, machine_saturates: bool) -> bool:
    """Whether weights are scaled so that pairs of products fit into 16 bits."""
    if machine_saturates and not request.param:
        pytest.skip("this processor's kernels add pairs of products in 16 bits")
    return bool(request.param)


# Tokens of an input: as many as it has, as of texts, or always four, as of pictures.
@pytest.fixture(params=[None, 4], ids=["any number of tokens", "four tokens"])
def tower(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A square matrix and an oblong one, then the projection, which stays as it is."""
    rng, names = np.random.default_rng(0), ("square", "oblong", "last")
    shapes = ((WIDTH, WIDTH), (WIDTH, 4 * WIDTH), (4 * WIDTH, 8))
    tensors = [
        numpy_helper.from_array(rng.standard_normal(shape).astype(np.float32), name)
        for name, shape in zip(names, shapes, strict=True)
    ]
    given = ("rows", "of square", "of oblong", "of last")
    nodes = [
        helper.make_node("MatMul", [given[index], name], [given[index + 1]])
        for index, name in enumerate(names)
    ]
    size: Sequence[str | int] = ["n", request.param, WIDTH] if request.param else ["n", WIDTH]
    inputs = [helper.make_tensor_value_info("rows", TensorProto.FLOAT, size)]
    outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in given[1:]]
    graph = helper.make_graph(nodes, "tower", inputs, outputs, tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    onnx.save(inferred(model), str(tmp_path / "full.onnx"))
    return tmp_path / "full.onnx"


def computed(file: Path, rows: Any, product: str) -> Any:
    session = onnxruntime.InferenceSession(str(file))
    tokens = session.get_inputs()[0].shape[1:-1]
    given = rows.reshape(-1, *tokens, WIDTH)
    return session.run([product], {"rows": given})[0].reshape(len(rows), -1)


def quantised(tower: Path, how_fine: PartsOf, fits: bool) -> Path:
    target = tower.with_name("int8.onnx")
    assert quantise.quantise(tower, target, how_fine, saturates=fits) == 2
    return target


def error(tower: Path, how_fine: PartsOf, fits: bool, product: str = "of last") -> float:
    exact = computed(tower, ROWS, product)
    wrong = computed(quantised(tower, how_fine, fits), ROWS, product) - exact
    return float(np.linalg.norm(wrong) / np.linalg.norm(exact))


def test_a_second_term_leaves_little_error(tower: Path, fits: bool) -> None:
    assert 1e-3 < error(tower, coarse, fits) < 3e-2
    assert error(tower, fine, fits) < error(tower, coarse, fits) / 50


def test_fine_attention_refines_square_matrices_only(tower: Path, fits: bool) -> None:
    integers = quantised(tower, fine_attention, fits)
    held = {tensor.name for tensor in onnx.load(str(integers)).graph.initializer}
    assert "of square.q8.weights.2" in held
    assert "of oblong.q8.weights.2" not in held


def test_fine_attention_halves_the_weights_error(tower: Path, fits: bool) -> None:
    # Without outliers half of the error is the weights'.
    even = np.random.default_rng(2).uniform(-1, 1, ROWS.shape).astype(np.float32)
    exact = computed(tower, even, "of square")
    errors = [
        np.linalg.norm(computed(quantised(tower, how, fits), even, "of square") - exact)
        for how in (fine_attention, coarse)
    ]
    assert errors[0] < 0.9 * errors[1]


@pytest.mark.parametrize("how_fine", [coarse, fine_attention, fine])
def test_a_row_does_not_depend_on_its_neighbours(
    tower: Path, how_fine: PartsOf, fits: bool
) -> None:
    integers = quantised(tower, how_fine, fits)
    together = computed(integers, ROWS, "of last")
    alone = [computed(integers, ROWS[first : first + 4], "of last") for first in (0, 4, 8)]
    assert np.array_equal(together, np.concatenate(alone))


def test_rows_of_zeros_stay_zeros(tower: Path, fits: bool) -> None:
    nothing = np.zeros((4, WIDTH), np.float32)
    for how_fine in (coarse, fine):
        assert not computed(quantised(tower, how_fine, fits), nothing, "of last").any()


def weights_of(tower: Path, fits: bool) -> Any:
    """The first integers of the square matrix, ``(64, 64)``."""
    held = onnx.load(str(quantised(tower, fine, fits))).graph.initializer
    (tensor,) = (each for each in held if each.name == "of square.q8.weights.1")
    return numpy_helper.to_array(tensor).astype(np.int64)


def added_in_16_bits(row: Any, weights: Any) -> Any:
    """The sums that ``vpmaddubsw`` and ``vpmaddwd`` give: pairs are clipped before they are added
    up (Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2B).
    """
    products = row[:, None] * weights
    return (products[0::2] + products[1::2]).clip(-32768, 32767).sum(axis=0)


@pytest.mark.parametrize("sign", [1, -1])
def test_scaled_pairs_fit_into_16_bits(tower: Path, sign: int) -> None:
    weights = weights_of(tower, fits=True)
    for column in range(WIDTH):
        largest = np.where(np.sign(weights[:, column]) == sign, 255, 0)
        assert np.array_equal(added_in_16_bits(largest, weights), largest @ weights)


def test_full_8_bits_would_not_fit(tower: Path) -> None:
    weights = weights_of(tower, fits=False)
    largest = np.where(weights[:, 0] > 0, 255, 0)
    assert not np.array_equal(added_in_16_bits(largest, weights), largest @ weights)


def test_an_odd_number_of_rows_fits() -> None:
    matrix = np.random.default_rng(0).standard_normal((63, 8)).astype(np.float32)
    tensor = decomposition.columns("product", matrix, 1, saturates=True)[0]
    weights = numpy_helper.to_array(tensor).astype(np.int64)
    largest = np.where(weights[:, 0] > 0, 255, 0)
    even = np.vstack([weights, np.zeros_like(weights[:1])])
    assert np.array_equal(added_in_16_bits(np.append(largest, 0), even), largest @ weights)
