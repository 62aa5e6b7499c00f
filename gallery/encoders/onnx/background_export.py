"""Start the child process that exports a model to ONNX, and log its failure."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from gallery.encoders.model.folder import ModelFolder
from gallery.encoders.onnx.export_folder import ExportFolder

log = logging.getLogger(__name__)

# The export traces the model and measures its variants on the CPU, where ONNX Runtime serves.
_WITHOUT_GPU = {"CUDA_VISIBLE_DEVICES": "", "HIP_VISIBLE_DEVICES": ""}
_PROGRAM = "gallery.encoders.onnx_export"
_PROJECT = Path(__file__).resolve().parents[3]
# In seconds. The export of a ViT-B/32 takes two minutes on two busy cores.
_TIMEOUT = 3600

_lock = threading.Lock()
# The fingerprints of the exports that are running or have failed.
_blocked: set[str] = set()
_allowed = threading.Event()


def allow() -> None:
    """Let this process start exports. Only a process that lives long enough to use them should."""
    _allowed.set()


def begin(model: ModelFolder, folder: ExportFolder[Any]) -> None:
    """Start the export of a model in the background and return at once.

    Does nothing before ``allow`` was called, while this process runs the same export, or after
    the same export has failed in this process. A failure is logged.
    """
    with _lock:
        if not _allowed.is_set() or folder.fingerprint in _blocked:
            return
        _blocked.add(folder.fingerprint)
    threading.Thread(target=_export, args=(model, folder), daemon=True, name="onnx-export").start()


def forget() -> None:
    """Forget the exports that have failed, and allow no new ones; used by tests."""
    with _lock:
        _blocked.clear()
        _allowed.clear()


def _export(model: ModelFolder, folder: ExportFolder[Any]) -> None:
    command = [sys.executable, "-m", _PROGRAM, folder.scope, model.name, str(model.path)]
    log.info("the ONNX export of %s starts in the background", model.name)
    try:
        result = subprocess.run(  # noqa: S603 - the project's own program, without a shell
            [*command, model.commit, str(folder.path)],
            cwd=_PROJECT,
            env={**os.environ, **_WITHOUT_GPU},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        log.warning("the ONNX export of %s did not run: %s", model.name, error)
        return
    if result.returncode:
        last_line = result.stderr.decode(errors="replace").strip().splitlines()[-1:]
        log.warning("the ONNX export of %s failed: %s", model.name, " ".join(last_line)[:300])
        return
    with _lock:  # if the files are lost later, this process may export them again
        _blocked.discard(folder.fingerprint)
    card = folder.card()
    if card is not None and not card.usable:
        log.warning(
            "torch continues to serve %s because no ONNX variant passed the gate: %s",
            model.name,
            card.gate,
        )
