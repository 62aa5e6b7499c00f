"""Start the export beside the process that needs it, and keep out of its way."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from gallery.encoders.model.folder import ModelFolder
from gallery.encoders.onnx.files import ExportFolder

log = logging.getLogger(__name__)

# What is traced, and measured against, is what the processor computes.
_WITHOUT_GPU = {"CUDA_VISIBLE_DEVICES": "", "HIP_VISIBLE_DEVICES": ""}
_PROGRAM = "gallery.encoders.onnx_export"
_HOME = Path(__file__).resolve().parents[3]
# A ViT-B/32 takes two minutes on two busy cores.
_SECONDS = 3600

_lock = threading.Lock()
_tried: set[str] = set()
_allowed = threading.Event()


def allow() -> None:
    """From now on this process may start exports: it will live long enough to profit."""
    _allowed.set()


def begin(model: ModelFolder, folder: ExportFolder[Any]) -> None:
    """Start the export of a model in the background, once per process; a failure is logged."""
    with _lock:
        if not _allowed.is_set() or folder.fingerprint in _tried:
            return
        _tried.add(folder.fingerprint)
    threading.Thread(target=_export, args=(model, folder), daemon=True, name="onnx-export").start()


def _export(model: ModelFolder, folder: ExportFolder[Any]) -> None:
    command = [sys.executable, "-m", _PROGRAM, folder.scope, model.name, str(model.path)]
    log.info("exporting %s to ONNX in the background", model.name)
    try:
        ended = subprocess.run(  # noqa: S603 - our own program, no shell
            [*command, model.commit, str(folder.path)],
            cwd=_HOME,
            env={**os.environ, **_WITHOUT_GPU},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        log.warning("the ONNX export of %s did not run: %s", model.name, error)
        return
    if ended.returncode:
        last_line = ended.stderr.decode(errors="replace").strip().splitlines()[-1:]
        log.warning("the ONNX export of %s failed: %s", model.name, " ".join(last_line)[:300])
        return
    card = folder.card()
    if card is not None and not card.usable:
        log.warning(
            "torch goes on serving %s: no variant passed the gate, %s", model.name, card.gate
        )
