"""A traced graph is rewritten: the same vectors with fewer nodes and fewer products."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import numpy_helper
from onnxruntime.tools import symbolic_shape_infer

from gallery.encoders.onnx_export import simplify as simplify_module
from gallery.encoders.onnx_export.simplify import simplify
from tests.encoders.onnx_export.traced_tower import (
    PICTURES,
    TOKENS,
    WIDTH,
    operators,
    tokens_in_the_mlp,
    trace,
    vectors,
)

Trace = Callable[..., Path]


@pytest.fixture
def traced(tmp_path: Path) -> Trace:
    """Writes the graph of a tower into a folder that has no other files."""
    return partial(trace, tmp_path / "tower.onnx")


def simplify_for_two_sizes(file: Path) -> bool:
    return simplify(file, [{"pictures": PICTURES}, {"pictures": PICTURES[:1]}])


def test_the_vectors_stay_the_same(traced: Trace) -> None:
    file = traced()
    before = [vectors(file, PICTURES[:count]) for count in (1, 2, 3)]
    assert simplify_for_two_sizes(file)
    for count, expected in enumerate(before, start=1):
        np.testing.assert_allclose(vectors(file, PICTURES[:count]), expected, atol=1e-5)


def test_no_shape_is_computed_for_a_reshape(traced: Trace) -> None:
    file = traced()
    assert operators(file)["Shape"] > 3
    assert simplify_for_two_sizes(file)
    assert operators(file)["Shape"] == 2  # for the class token, which is repeated for each picture


def test_patches_become_a_product(traced: Trace) -> None:
    file = traced()
    before = operators(file)
    assert simplify_for_two_sizes(file)
    after = operators(file)
    assert (before["Conv"], after["Conv"]) == (1, 0)
    assert after["MatMul"] == before["MatMul"] + 1


def test_overlapping_windows_stay_a_convolution(traced: Trace) -> None:
    file = traced(stride=2, tokens=26)
    assert simplify_for_two_sizes(file)
    assert operators(file)["Conv"] == 1


@pytest.mark.parametrize("pooled", [0, 3])
def test_the_mlp_computes_the_pooled_token_only(traced: Trace, pooled: int) -> None:
    file = traced(pooled=pooled)
    expected = vectors(file, PICTURES)
    assert tokens_in_the_mlp(file) == TOKENS
    assert simplify_for_two_sizes(file)
    assert tokens_in_the_mlp(file) == 1
    np.testing.assert_allclose(vectors(file, PICTURES), expected, atol=1e-5)


def test_a_mean_needs_every_token(traced: Trace) -> None:
    file = traced(pooled="mean")
    assert simplify_for_two_sizes(file)
    assert tokens_in_the_mlp(file) == TOKENS


def test_a_graph_whose_vectors_change_stays(traced: Trace, monkeypatch: pytest.MonkeyPatch) -> None:
    def spoil(graph: Any, shapes: Any) -> None:
        for weight in graph.initializer:
            if 4 * WIDTH in weight.dims and len(weight.dims) == 2:
                weight.CopyFrom(numpy_helper.from_array(np.ones(weight.dims, "f"), weight.name))

    file = traced()
    before = file.read_bytes()
    monkeypatch.setattr(simplify_module, "compute_pooled_token", spoil)
    assert not simplify_for_two_sizes(file)
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


def test_every_feed_is_compared(traced: Trace, monkeypatch: pytest.MonkeyPatch) -> None:
    def fix_the_batch(graph: Any, shapes: Any) -> None:
        for tensor in graph.initializer:
            if tensor.name.endswith(".target"):
                target = numpy_helper.to_array(tensor).copy()
                target[0] = len(PICTURES)
                tensor.CopyFrom(numpy_helper.from_array(target, tensor.name))

    file = traced()
    monkeypatch.setattr(simplify_module, "compute_pooled_token", fix_the_batch)
    assert simplify(file, [{"pictures": PICTURES}])
    file = traced()
    assert not simplify_for_two_sizes(file)


def test_an_incomplete_inference_leaves_no_files(
    traced: Trace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(model: Any, **options: Any) -> None:
        Path("sym_shape_infer_temp.onnx").write_bytes(b"the whole model")
        raise Exception("Incomplete symbolic shape inference")

    file = traced()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(symbolic_shape_infer.SymbolicShapeInference, "infer_shapes", fail)
    assert not simplify_for_two_sizes(file)
    assert list(tmp_path.iterdir()) == [file]


def test_a_graph_with_branches_stays(traced: Trace, caplog: pytest.LogCaptureFixture) -> None:
    file = traced()
    model = onnx.load(str(file))
    branch = onnx.helper.make_graph([], "branch", [], [])
    model.graph.node[-1].attribute.append(onnx.helper.make_attribute("then_branch", branch))
    onnx.save(model, str(file))
    assert not simplify_for_two_sizes(file)
    assert "contains a graph of its own" in caplog.text


def test_a_graph_of_unknown_operators_stays(
    traced: Trace, caplog: pytest.LogCaptureFixture
) -> None:
    file = traced()
    model = onnx.load(str(file))
    model.graph.node[-1].domain = "org.example"
    onnx.save(model, str(file))
    assert not simplify_for_two_sizes(file)
    assert "is not simplified" in caplog.text
