"""The child process that makes a model's ONNX files.

``python -m gallery.encoders.onnx_export whole|texts NAME PATH COMMIT TARGET`` exports both towers,
or only the one for texts. It makes integer variants, measures them against the reference and moves
what serves to ``TARGET`` in one rename. The memory of torch is freed when the process ends.

Only one such process per model works at a time; a second one leaves at once. Exit status 0 means
that the files are there or that another process makes them.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from gallery.encoders.model.fingerprint import fingerprint_of
from gallery.encoders.model.folder import ModelFolder
from gallery.encoders.onnx import files
from gallery.encoders.onnx_export.export import export, export_texts
from gallery.encoders.onnx_export.lock import lock


def main() -> None:
    scope, name, path, commit, target = sys.argv[1:]
    model, target_folder = ModelFolder(name, Path(path), commit), Path(target)
    os.nice(10)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # leaves through the `with` blocks
    with lock(target_folder) as is_first:
        if not is_first:
            return
        fingerprint, texts_only = fingerprint_of(model), scope == files.TEXTS
        folder: files.ExportFolder[Any] = files.export_folder(fingerprint)
        if texts_only:
            folder = files.text_export_folder(fingerprint)
        if files.read_card(target_folder, folder) is None:
            (export_texts if texts_only else export)(model, target_folder)


if __name__ == "__main__":
    main()
