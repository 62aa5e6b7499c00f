"""How many threads an encoder uses."""

from __future__ import annotations

import os
import sys

# A ViT-B/32 is not faster with more than eight threads.
_MAX_THREADS = 8


def thread_count() -> int:
    """``GALLERY_TORCH_THREADS``; if it is not set, all cores up to eight.

    The variable also limits ONNX Runtime, despite its name.
    """
    setting = os.environ.get("GALLERY_TORCH_THREADS", "")
    if setting.isdecimal() and int(setting):
        return int(setting)
    return min(_cores(), _MAX_THREADS)


def _cores() -> int:
    cores = os.cpu_count() or 1
    if sys.platform == "linux":
        cores = len(os.sched_getaffinity(0))
    return cores
