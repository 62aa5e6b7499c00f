"""Whether a second model fits into memory beside the one that is loaded.

Nothing is reserved, so two processes that check at the same time may both find the memory free:
callers let one process load at a time.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import psutil

from gallery.core.errors import NotEnoughMemory
from gallery.encoders.model.folder import ModelFolder
from gallery.encoders.model.resolved import ResolvedModel

_MB = 1 << 20
CGROUP = Path("/sys/fs/cgroup")

# Measured on 2026-11-21 on two cores: by how many MB the peak of a process's resident memory grows
# while it loads a model and encodes 16 pictures and 16 texts.
#
#                                         torch loaded   torch not loaded   ONNX Runtime
#   built-in, 22 MB of weights in float32       25–75                438          25–63
#   ViT-B/32, 577 MB of weights in float32    557–568                936        514–598
_BATCH = 100 * _MB
_TORCH = 350 * _MB


def require(model: ResolvedModel) -> None:
    """Raise ``NotEnoughMemory`` if loading the model needs more memory than is free.

    If torch is not loaded yet, its memory is counted too, although ONNX Runtime may be used.
    """
    libraries = 0 if "torch" in sys.modules else _TORCH
    needed, free = weights_size(model) + _BATCH + libraries, free_memory()
    if needed > free:
        raise NotEnoughMemory(
            f"The model {model.name} needs about {needed // _MB} MB of memory, and "
            f"{free // _MB} MB are free.",
            needed=needed // _MB,
            free=free // _MB,
        )


def weights_size(model: ResolvedModel) -> int:
    """Bytes of the weights in float32, of both models if there are two.

    Weights in half precision need twice the size of their file, because they are converted.
    """
    return sum(_float32_size(file) for folder in model.folders for file in _weights_of(folder))


def free_memory() -> int:
    """Bytes that this process can still allocate on the machine and in its container."""
    return min(int(psutil.virtual_memory().available), _free_in_container())


def _weights_of(folder: ModelFolder) -> list[Path]:
    return [file for file in folder.path.rglob("model*.safetensors") if file.is_file()]


def _float32_size(file: Path) -> int:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(file, framework="np") as weights:
            shapes = [weights.get_slice(name).get_shape() for name in weights.keys()]  # noqa: SIM118
    except (OSError, SafetensorError):  # loading the model reports it
        return file.stat().st_size
    return 4 * sum(int(math.prod(shape)) for shape in shapes)


def _free_in_container() -> int:
    """Free bytes below the limit of cgroup v2; a number beyond any memory if there is no limit."""
    try:
        limit = int((CGROUP / "memory.max").read_text())
        used = int((CGROUP / "memory.current").read_text())
        lines = (CGROUP / "memory.stat").read_text().splitlines()
    except (OSError, ValueError):
        return 1 << 62
    statistics = dict(line.split() for line in lines)
    # The kernel can free the pages of files that were not used recently.
    return limit - used + int(statistics.get("inactive_file", 0))
