"""Whether a second model fits into memory beside the one that is loaded."""

from __future__ import annotations

from pathlib import Path

import psutil

from gallery.core.errors import NotEnoughMemory
from gallery.encoders.model.folder import ModelFolder

_MB = 1 << 20
_CGROUP = Path("/sys/fs/cgroup")
# Weights are read into memory once, and a batch of pictures or texts needs as much again for a
# small model; measured in docs/decisions/0006-switching-encoders.md.
_FACTOR = 2


def require(model: ModelFolder) -> None:
    """Raises ``NotEnoughMemory`` if loading the model needs more memory than is free."""
    needed, free = _FACTOR * weights_size(model), free_memory()
    if needed > free:
        raise NotEnoughMemory(
            f"The model {model.name} needs about {needed // _MB} MB of memory, and "
            f"{free // _MB} MB are free.",
            needed=needed // _MB,
            free=free // _MB,
        )


def weights_size(model: ModelFolder) -> int:
    """Bytes of the weight files, those of the model for the texts included."""
    size = sum(path.stat().st_size for path in model.path.rglob("*.safetensors"))
    return size + (weights_size(model.texts) if model.texts else 0)


def free_memory() -> int:
    """Bytes that this process can still allocate: of the machine, or of its container."""
    return min(int(psutil.virtual_memory().available), _free_in_container())


def _free_in_container() -> int:
    """By the limits of cgroup v2; practically unlimited where there is no limit."""
    try:
        limit = int((_CGROUP / "memory.max").read_text())
        used = int((_CGROUP / "memory.current").read_text())
        statistics = dict(
            line.split() for line in (_CGROUP / "memory.stat").read_text().splitlines()
        )
    except (OSError, ValueError):
        return 1 << 62
    return limit - used + int(statistics.get("inactive_file", 0))
