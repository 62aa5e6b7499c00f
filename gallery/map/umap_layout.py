"""Starts the child process that computes UMAP's map. Its packages are loaded there only."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt

from gallery.map.pca import Vectors

_PROGRAM = "gallery.map.umap_process"
_PROJECT = Path(__file__).resolve().parents[2]
# Seconds. It takes minutes on a busy machine, where the first run also compiles for minutes.
_TIMEOUT = 3600


class UmapMissing(Exception):
    """The optional package is not installed."""


class UmapFailed(Exception):
    """Its text is the last line that the process wrote."""


def places_of(vectors: Vectors) -> npt.NDArray[np.float64]:
    """``(n, 2)``, between -1 and 1. Raises ``UmapMissing`` and ``UmapFailed``."""
    if find_spec("umap") is None:
        raise UmapMissing
    with tempfile.TemporaryDirectory(prefix="searchsite-map-") as folder:
        source, target = Path(folder, "vectors.npy"), Path(folder, "places.npy")
        np.save(source, vectors)
        _run([sys.executable, "-m", _PROGRAM, str(source), str(target)])
        places: npt.NDArray[np.float64] = np.load(target)
    return places


def _run(command: list[str]) -> None:
    try:
        result = subprocess.run(  # noqa: S603 - the project's own program, without a shell
            command,
            cwd=_PROJECT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UmapFailed(str(error)) from error
    if result.returncode:
        lines = result.stderr.decode(errors="replace").strip().splitlines()
        raise UmapFailed(lines[-1] if lines else f"exit status {result.returncode}")
