"""Write the graph that shows how a machine's kernels add products of 8-bit integers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

# Long enough to fill the blocks in which kernels read a row.
_LENGTH = 64


def write_probe(file: Path) -> None:
    """Write a graph that multiplies rows of 64 unsigned integers by a matrix whose weights are 127.

    ``kernel.saturates`` runs it.
    """
    weights = numpy_helper.from_array(np.full((_LENGTH, 16), 127, np.int8), "weights")
    product = helper.make_node("MatMulInteger", ["row", "weights"], ["sum"])
    row = helper.make_tensor_value_info("row", TensorProto.UINT8, ["rows", _LENGTH])
    total = helper.make_tensor_value_info("sum", TensorProto.INT32, None)
    graph = helper.make_graph([product], "probe", [row], [total], [weights])
    opset = helper.make_opsetid("", 18)
    onnx.save(helper.make_model(graph, opset_imports=[opset], ir_version=10), str(file))
