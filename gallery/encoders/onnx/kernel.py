"""Find out how ONNX Runtime multiplies 8-bit integers on this machine.

Processors without VNNI (AVX512_VNNI, AVX_VNNI) multiply unsigned by signed 8-bit integers with
``vpmaddubsw``. This instruction adds two neighbouring products in a signed 16-bit number and
saturates at 32,767: 255 * 127 + 255 * 127 becomes 32,767. Processors with VNNI add in 32 bits.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from gallery.encoders.onnx.session import open_session

_LARGEST = 255


@cache
def saturates(probe: Path) -> bool:
    """Whether sums of large products are wrong on this machine.

    ``probe`` is the graph that ``pair_sum_probe.write_probe`` wrote. It multiplies the numbers of a
    row with equal weights and adds the products, so a row of 255 must give 255 times the sum of a
    row of 1. Raises ``EncoderUnavailable`` if it cannot be read.
    """
    session = open_session(probe)
    length = session.get_inputs()[0].shape[1]
    rows = np.array([[1] * length, [_LARGEST] * length], np.uint8)
    small_sum, large_sum = session.run(None, {"row": rows})[0][:, 0].tolist()
    return bool(large_sum != _LARGEST * small_sum)
