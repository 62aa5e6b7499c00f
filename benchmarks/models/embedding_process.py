"""A process that embeds like the worker, with ONNX Runtime only; prints its peak memory in MB.

    python -m benchmarks.models.embedding_process MODEL_FOLDER ONNX_FOLDER

Imports what a Celery worker imports, then encodes eight batches of previews and one text.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import django
import PIL.Image

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "searchsite.settings")
django.setup()

from gallery.core.config import config  # noqa: E402
from gallery.encoders.model.fingerprint import fingerprint_of  # noqa: E402
from gallery.encoders.model.folder import ModelFolder  # noqa: E402
from gallery.encoders.onnx.encoder import OnnxEncoder  # noqa: E402
from gallery.encoders.onnx.export_folder import model_export_folder, read_card  # noqa: E402
from searchsite.celery import app  # noqa: E402


def main() -> None:
    app.loader.import_default_modules()
    model, folder = (Path(argument) for argument in sys.argv[1:])
    fingerprint = fingerprint_of(ModelFolder("vit", model))
    card = read_card(folder, model_export_folder(fingerprint))
    assert card is not None
    fast = OnnxEncoder(fingerprint, folder, card)
    for _ in range(8):
        fast.encode_images([PIL.Image.new("RGB", (360, 270))] * config().embed_batch)
    fast.encode_texts(["a dog on a beach"])
    assert "torch" not in sys.modules
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    print(int(peak.split()[1]) // 1024)


if __name__ == "__main__":
    main()
