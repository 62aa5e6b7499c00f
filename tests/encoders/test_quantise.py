"""Two products of matrices as integers: how near they come, and what they depend on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from gallery.encoders.onnx import quantise
from gallery.encoders.onnx.quantise import HowFine, coarse, fine, fine_attention

WIDTH = 64
# As of CLIP: a few numbers are far larger than the others.
ROWS = np.random.default_rng(1).standard_normal((12, WIDTH)).astype(np.float32) * np.where(
    np.arange(WIDTH) % 31, 1, 30
).astype(np.float32)


@pytest.fixture
def tower(tmp_path: Path) -> Path:
    """A square matrix and an oblong one, then the projection, which stays as it is."""
    rng, names = np.random.default_rng(0), ("square", "oblong", "last")
    shapes = ((WIDTH, WIDTH), (WIDTH, 4 * WIDTH), (4 * WIDTH, 8))
    tensors = [
        numpy_helper.from_array(rng.standard_normal(shape).astype(np.float32), name)
        for name, shape in zip(names, shapes, strict=True)
    ]
    given = ("rows", "of square", "of oblong", "of last")
    nodes = [
        helper.make_node("MatMul", [given[place], name], [given[place + 1]])
        for place, name in enumerate(names)
    ]
    inputs = [helper.make_tensor_value_info("rows", TensorProto.FLOAT, ["n", WIDTH])]
    outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in given[1:]]
    graph = helper.make_graph(nodes, "tower", inputs, outputs, tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    onnx.save(model, str(tmp_path / "full.onnx"))
    return tmp_path / "full.onnx"


def computed(file: Path, rows: Any, product: str) -> Any:
    return onnxruntime.InferenceSession(str(file)).run([product], {"rows": rows})[0]


def quantised(tower: Path, how_fine: HowFine) -> Path:
    target = tower.with_name("int8.onnx")
    assert quantise.quantise(tower, target, how_fine) == 2
    return target


def error(tower: Path, how_fine: HowFine, product: str) -> float:
    exact = computed(tower, ROWS, product)
    wrong = computed(quantised(tower, how_fine), ROWS, product) - exact
    return float(np.linalg.norm(wrong) / np.linalg.norm(exact))


def test_a_second_term_leaves_next_to_no_error(tower: Path) -> None:
    assert 1e-3 < error(tower, coarse, "of last") < 3e-2
    assert error(tower, fine, "of last") < error(tower, coarse, "of last") / 50


def test_fine_attention_spends_more_on_square_matrices_only(tower: Path) -> None:
    integers = quantised(tower, fine_attention)
    held = {tensor.name for tensor in onnx.load(str(integers)).graph.initializer}
    assert "of square.q8.weights.2" in held
    assert "of oblong.q8.weights.2" not in held
    # Without outliers half of the error is the weights'.
    even = np.random.default_rng(2).uniform(-1, 1, ROWS.shape).astype(np.float32)
    exact = computed(tower, even, "of square")
    spent = [
        np.linalg.norm(computed(quantised(tower, how), even, "of square") - exact)
        for how in (fine_attention, coarse)
    ]
    assert spent[0] < 0.9 * spent[1]


@pytest.mark.parametrize("how_fine", [coarse, fine_attention, fine])
def test_a_row_does_not_depend_on_its_neighbours(tower: Path, how_fine: HowFine) -> None:
    integers = quantised(tower, how_fine)
    together = computed(integers, ROWS, "of last")
    alone = [computed(integers, ROWS[place : place + 1], "of last")[0] for place in range(3)]
    assert np.array_equal(together[:3], np.stack(alone))


def test_rows_of_zeros_stay_zeros(tower: Path) -> None:
    nothing = np.zeros((2, WIDTH), np.float32)
    assert not computed(quantised(tower, fine), nothing, "of last").any()
