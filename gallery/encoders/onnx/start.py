"""Start the export beside the process that needs it, and keep out of its way."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from pathlib import Path

from gallery.encoders.base import Fingerprint
from gallery.encoders.model_folder import ModelFolder
from gallery.encoders.onnx import files

log = logging.getLogger(__name__)

_PROGRAM = "gallery.encoders.onnx.export"
_HOME = Path(__file__).resolve().parents[3]
# A ViT-B/32 takes two minutes on two busy cores.
_SECONDS = 3600

_lock = threading.Lock()
_tried: set[str] = set()
_allowed = threading.Event()


def allow() -> None:
    """From now on this process may start exports: it will live long enough to profit."""
    _allowed.set()


def begin(model: ModelFolder, fingerprint: Fingerprint) -> None:
    """Start the export of a model in the background, once per process; a failure is logged."""
    with _lock:
        if not _allowed.is_set() or str(fingerprint) in _tried:
            return
        _tried.add(str(fingerprint))
    arguments = (model, files.folder_of(fingerprint))
    threading.Thread(target=_export, args=arguments, daemon=True, name="onnx-export").start()


def _export(model: ModelFolder, target: Path) -> None:
    command = [sys.executable, "-m", _PROGRAM, model.name, str(model.path), model.commit]
    log.info("exporting %s to ONNX in the background", model.name)
    try:
        ended = subprocess.run(  # noqa: S603 - our own program, no shell
            [*command, str(target)],
            cwd=_HOME,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        log.warning("the ONNX export of %s did not run: %s", model.name, error)
        return
    if ended.returncode:
        said = ended.stderr.decode(errors="replace").strip().splitlines()[-1:]
        log.warning("the ONNX export of %s failed: %s", model.name, " ".join(said)[:300])
