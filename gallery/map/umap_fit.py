"""Fits UMAP's map in a process of its own, for which no worker waits."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from gallery.core.dispatch import Stage, hint
from gallery.map.fit import fit
from gallery.models import JobState, MapMethod, MapProjection
from gallery.models.locks import Lock, if_free

_PROGRAM = "gallery.map.umap_job"
_PROJECT = Path(__file__).resolve().parents[2]

# Asked for its end before the next one is started.
_process: subprocess.Popen[bytes] | None = None


def start() -> None:
    """Start the process, unless one runs on this machine or another.

    It is in the worker's process group: whoever stops the worker stops it too. The next slice after
    the restart then starts it again.
    """
    global _process
    if _process is not None and _process.poll() is None:
        return
    with if_free(Lock.FIT_UMAP) as is_free:
        pass  # The process takes the lock itself.
    if is_free:
        _process = subprocess.Popen(  # noqa: S603 - the project's own program, without a shell
            [sys.executable, "-m", _PROGRAM], cwd=_PROJECT, stdin=subprocess.DEVNULL
        )


def run() -> None:
    """In that process: make the fit that is due. It does nothing while another process works."""
    with if_free(Lock.FIT_UMAP) as is_held:
        due = MapProjection.objects.unfinished().filter(
            method=MapMethod.UMAP, state=JobState.RUNNING, fitted_at=None
        )
        projection = due.select_related("space").first() if is_held else None
        if projection is not None:
            fit(projection)
    hint(Stage.UPDATE_MAP)
