"""A program that prints numpy's vector instructions and an 8-bit product of ONNX Runtime."""

import json

import numpy as np
import onnxruntime
from numpy._core._multiarray_umath import __cpu_features__ as seen
from onnx import TensorProto, helper, numpy_helper

WIDTH = 64


def product() -> int:
    """The sum of ``WIDTH`` products 255 * 127. Without VNNI, 16-bit sums of pairs saturate."""
    weights = numpy_helper.from_array(np.full((WIDTH, 16), 127, np.int8), "weights")
    graph = helper.make_graph(
        [helper.make_node("MatMulInteger", ["bytes", "weights"], ["sums"])],
        "products",
        [helper.make_tensor_value_info("bytes", TensorProto.UINT8, [1, WIDTH])],
        [helper.make_tensor_value_info("sums", TensorProto.INT32, None)],
        [weights],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    sums = session.run(None, {"bytes": np.full((1, WIDTH), 255, np.uint8)})[0]
    return int(sums[0, 0])


features = sorted(name for name, has in seen.items() if has)
print(json.dumps({"features": features, "product": product(), "exact": 255 * 127 * WIDTH}))
