"""A small vision transformer as a traced ONNX graph, and what tests want to know about graphs."""

from __future__ import annotations

import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch

TOKENS, WIDTH = 10, 8
PICTURES = np.random.default_rng(0).standard_normal((3, 3, 12, 12)).astype(np.float32)


class Tower(torch.nn.Module):
    """Patches, class token, attention, an MLP; then one token, or the mean of all."""

    def __init__(self, pooled: Any = 0, stride: int = 4, tokens: int = TOKENS) -> None:
        super().__init__()
        self.pooled = pooled
        self.patches = torch.nn.Conv2d(3, WIDTH, 4, stride, bias=False)
        self.class_token = torch.nn.Parameter(torch.randn(WIDTH))
        self.positions = torch.nn.Parameter(torch.randn(1, tokens, WIDTH))
        self.norm, self.last_norm = torch.nn.LayerNorm(WIDTH), torch.nn.LayerNorm(WIDTH)
        self.up, self.down = torch.nn.Linear(WIDTH, 4 * WIDTH), torch.nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        count = pictures.shape[0]
        patches = self.patches(pictures).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.class_token.expand(count, 1, -1), patches], dim=1)
        tokens = tokens + self.positions
        heads = tokens.view(count, tokens.shape[1], 2, WIDTH // 2).transpose(1, 2)
        mixed = torch.softmax(heads @ heads.transpose(2, 3), dim=-1) @ heads
        tokens = tokens + mixed.transpose(1, 2).reshape(count, -1, WIDTH)
        hidden = self.up(self.norm(tokens))
        tokens = tokens + self.down(hidden * torch.sigmoid(1.702 * hidden))
        pooled = tokens.mean(dim=1) if self.pooled == "mean" else tokens[:, self.pooled]
        vectors: torch.Tensor = self.last_norm(pooled)
        return vectors


def trace(file: Path, **options: Any) -> Path:
    """Write the graph of ``Tower(**options)``. The weights are the same every time."""
    torch.manual_seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracer warns about its successor
        torch.onnx.export(
            Tower(**options), (torch.from_numpy(PICTURES),), str(file), dynamo=False,
            input_names=["pictures"], output_names=["vectors"], opset_version=18,
            dynamic_axes={"pictures": {0: "batch"}},
        )  # fmt: skip
    return file


def vectors(file: Path, pictures: Any) -> Any:
    return onnxruntime.InferenceSession(str(file)).run(["vectors"], {"pictures": pictures})[0]


def operators(file: Path) -> Counter[str]:
    """How many nodes of each type the graph has."""
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
