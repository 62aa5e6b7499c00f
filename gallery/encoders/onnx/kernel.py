"""How ONNX Runtime's kernels multiply 8-bit integers on this machine.

Processors without VNNI (AVX512_VNNI, AVX_VNNI) multiply unsigned by signed 8-bit integers with
``vpmaddubsw``, which adds two neighbouring products in a signed 16-bit number and saturates at
32,767: 255 * 127 + 255 * 127 becomes 32,767. Processors with VNNI add in 32 bits.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from gallery.encoders.onnx.session import open_session

_LARGEST = 255


@cache
def saturates(probe: Path) -> bool:
    """Whether large products are lost here. ``probe`` is the graph that the export wrote: it sums
    up the products of a row with equal weights. Raises ``EncoderUnavailable`` where it cannot be
    read.
    """
    session = open_session(probe)
    length = session.get_inputs()[0].shape[1]
    rows = np.array([[1] * length, [_LARGEST] * length], np.uint8)
    small, large = session.run(None, {"row": rows})[0][:, 0].tolist()
    return bool(large != _LARGEST * small)
