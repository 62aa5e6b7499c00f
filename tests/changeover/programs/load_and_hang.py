"""Run the backfill, and hang while the model ``two`` is loaded, whatever the speed of the disk."""

from __future__ import annotations

import os
import time
from typing import Any

from gallery.changeover.backfill import backfill
from gallery.encoders.reference import torch_model

torch_models: Any = torch_model
read_model = torch_models.SentenceTransformer


def hang(folder: str, **options: Any) -> Any:
    if not folder.endswith("two"):
        return read_model(folder, **options)
    os.write(1, b"loading two\n")
    time.sleep(600)


torch_models.SentenceTransformer = hang
backfill(600)
