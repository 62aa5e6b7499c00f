"""A traced graph is rewritten: the same vectors by fewer nodes and fewer products."""

from __future__ import annotations

import json
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import numpy_helper
from onnxruntime.tools import symbolic_shape_infer

from gallery.encoders.onnx_export import simplify as steps
from gallery.encoders.onnx_export.simplify import simplify

TOKENS, WIDTH = 10, 8
PICTURES = np.random.default_rng(0).standard_normal((3, 3, 12, 12)).astype(np.float32)


class Tower(torch.nn.Module):
    """A layer of a vision transformer: patches, class token, attention, an MLP, one row."""

    def __init__(self, pooled: Any = 0, stride: int = 4, tokens: int = TOKENS) -> None:
        super().__init__()
        self.pooled = pooled
        self.patches = torch.nn.Conv2d(3, WIDTH, 4, stride, bias=False)
        self.first = torch.nn.Parameter(torch.randn(WIDTH))
        self.places = torch.nn.Parameter(torch.randn(1, tokens, WIDTH))
        self.norm, self.last_norm = torch.nn.LayerNorm(WIDTH), torch.nn.LayerNorm(WIDTH)
        self.up, self.down = torch.nn.Linear(WIDTH, 4 * WIDTH), torch.nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        count = pictures.shape[0]
        listed = self.patches(pictures).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.first.expand(count, 1, -1), listed], dim=1) + self.places
        heads = tokens.view(count, tokens.shape[1], 2, WIDTH // 2).transpose(1, 2)
        mixed = torch.softmax(heads @ heads.transpose(2, 3), dim=-1) @ heads
        tokens = tokens + mixed.transpose(1, 2).reshape(count, -1, WIDTH)
        hidden = self.up(self.norm(tokens))
        tokens = tokens + self.down(hidden * torch.sigmoid(1.702 * hidden))
        pooled = tokens.mean(dim=1) if self.pooled == "mean" else tokens[:, self.pooled]
        vectors: torch.Tensor = self.last_norm(pooled)
        return vectors


Export = Callable[..., Path]


@pytest.fixture
def export(tmp_path: Path) -> Export:
    def trace(**how: Any) -> Path:
        torch.manual_seed(0)
        file = tmp_path / "tower.onnx"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the tracer warns of its successor
            torch.onnx.export(
                Tower(**how), (torch.from_numpy(PICTURES),), str(file), dynamo=False,
                input_names=["pictures"], output_names=["vectors"], opset_version=18,
                dynamic_axes={"pictures": {0: "batch"}},
            )  # fmt: skip
        return file

    return trace


def vectors(file: Path, pictures: Any) -> Any:
    return onnxruntime.InferenceSession(str(file)).run(["vectors"], {"pictures": pictures})[0]


def simplified(file: Path) -> bool:
    return simplify(file, [{"pictures": PICTURES}, {"pictures": PICTURES[:1]}])


def counted(file: Path) -> Counter[str]:
    return Counter(node.op_type for node in onnx.load(str(file)).graph.node)


def tokens_in_the_mlp(file: Path) -> int:
    """How many tokens of a picture reach the widest product."""
    model = onnx.load(str(file))
    wide = {weight.name for weight in model.graph.initializer if 4 * WIDTH in weight.dims}
    product = next(
        node for node in model.graph.node if node.op_type == "MatMul" and wide & set(node.input)
    )
    model.graph.output.append(onnx.ValueInfoProto(name=product.output[0]))
    session = onnxruntime.InferenceSession(model.SerializeToString())
    return int(session.run([product.output[0]], {"pictures": PICTURES})[0].shape[1])


def test_the_vectors_stay_the_same(export: Export) -> None:
    file = export()
    before = [vectors(file, PICTURES[:count]) for count in (1, 2, 3)]
    assert simplified(file)
    for count, expected in enumerate(before, start=1):
        np.testing.assert_allclose(vectors(file, PICTURES[:count]), expected, atol=1e-5)


def test_no_shape_is_computed_for_a_reshape(export: Export) -> None:
    file = export()
    assert counted(file)["Shape"] > 3
    assert simplified(file)
    assert counted(file)["Shape"] == 2  # for the class token, which each picture has


def test_patches_become_a_product(export: Export) -> None:
    file = export()
    before = counted(file)
    assert simplified(file)
    after = counted(file)
    assert (before["Conv"], after["Conv"]) == (1, 0)
    assert after["MatMul"] == before["MatMul"] + 1


def test_windows_that_overlap_stay_a_convolution(export: Export) -> None:
    file = export(stride=2, tokens=26)
    assert simplified(file)
    assert counted(file)["Conv"] == 1


@pytest.mark.parametrize("pooled", [0, 3])
def test_the_mlp_computes_the_pooled_token_only(export: Export, pooled: int) -> None:
    file = export(pooled=pooled)
    expected = vectors(file, PICTURES)
    assert tokens_in_the_mlp(file) == TOKENS
    assert simplified(file)
    assert tokens_in_the_mlp(file) == 1
    np.testing.assert_allclose(vectors(file, PICTURES), expected, atol=1e-5)


def test_a_mean_needs_every_token(export: Export) -> None:
    file = export(pooled="mean")
    assert simplified(file)
    assert tokens_in_the_mlp(file) == TOKENS


def test_a_graph_whose_vectors_change_stays(
    export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoil(graph: Any, shapes: Any) -> None:
        for weight in graph.initializer:
            if 4 * WIDTH in weight.dims and len(weight.dims) == 2:
                weight.CopyFrom(numpy_helper.from_array(np.ones(weight.dims, "f"), weight.name))

    file = export()
    before = file.read_bytes()
    monkeypatch.setattr(steps, "compute_pooled_token", spoil)
    assert not simplified(file)
    assert file.read_bytes() == before
    assert [each.name for each in file.parent.iterdir()] == [file.name]


def test_every_feed_is_compared(export: Export, monkeypatch: pytest.MonkeyPatch) -> None:
    def fix_the_batch(graph: Any, shapes: Any) -> None:
        for tensor in graph.initializer:
            if tensor.name.endswith(".target"):
                target = numpy_helper.to_array(tensor).copy()
                target[0] = len(PICTURES)
                tensor.CopyFrom(numpy_helper.from_array(target, tensor.name))

    file = export()
    monkeypatch.setattr(steps, "compute_pooled_token", fix_the_batch)
    assert simplify(file, [{"pictures": PICTURES}])
    file = export()
    assert not simplified(file)


def test_an_incomplete_inference_leaves_no_files(
    export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(model: Any, **how: Any) -> None:
        Path("sym_shape_infer_temp.onnx").write_bytes(b"the whole model")
        raise Exception("Incomplete symbolic shape inference")

    file = export()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(symbolic_shape_infer.SymbolicShapeInference, "infer_shapes", fail)
    assert not simplified(file)
    assert [each.name for each in tmp_path.iterdir()] == [file.name]


def test_a_graph_with_branches_stays(export: Export, caplog: pytest.LogCaptureFixture) -> None:
    file = export()
    model = onnx.load(str(file))
    branch = onnx.helper.make_graph([], "branch", [], [])
    model.graph.node[-1].attribute.append(onnx.helper.make_attribute("then_branch", branch))
    onnx.save(model, str(file))
    assert not simplified(file)
    assert "holds a graph of its own" in caplog.text


def test_exports_are_simplified(exported_tiny: Path, exported_texts: Path) -> None:
    both, texts = (
        json.loads((each / "card.json").read_text())["simplified"]
        for each in (exported_tiny, exported_texts)
    )
    assert both == {"visual.onnx": True, "text.onnx": True}
    assert texts == {"text.onnx": True}


def test_a_graph_of_unknown_operators_stays(
    export: Export, caplog: pytest.LogCaptureFixture
) -> None:
    file = export()
    model = onnx.load(str(file))
    model.graph.node[-1].domain = "org.example"
    onnx.save(model, str(file))
    assert not simplified(file)
    assert "stays as it was traced" in caplog.text
