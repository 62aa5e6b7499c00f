"""The child process that exports a model to ONNX.

``python -m gallery.encoders.onnx_export whole|texts NAME PATH COMMIT TARGET`` exports both towers
of a model, or only its text tower. It makes 8-bit variants, measures them against the reference
and moves the files that serve to ``TARGET`` with one rename. The memory of torch is freed when the
process ends.

Only one process at a time exports the same model; a second one ends at once. Exit status 0 means
that the files are there or that another process is making them.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from gallery.encoders.model.fingerprint import fingerprint_of
from gallery.encoders.model.folder import ModelFolder
from gallery.encoders.onnx import export_folder
from gallery.encoders.onnx.export_folder import ExportFolder
from gallery.encoders.onnx_export.export import export, export_texts
from gallery.encoders.onnx_export.lock import lock


def main() -> None:
    scope, name, path, commit, target = sys.argv[1:]
    model, target_folder = ModelFolder(name, Path(path), commit), Path(target)
    os.nice(10)
    # An exit by exception leaves through the `with` blocks, which delete the scratch folder.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with lock(target_folder) as is_first:
        if not is_first:
            return
        fingerprint, texts_only = fingerprint_of(model), scope == export_folder.TEXTS
        folder: ExportFolder[Any] = export_folder.model_export_folder(fingerprint)
        if texts_only:
            folder = export_folder.text_export_folder(fingerprint)
        if export_folder.read_card(target_folder, folder) is None:
            (export_texts if texts_only else export)(model, target_folder)


if __name__ == "__main__":
    main()
