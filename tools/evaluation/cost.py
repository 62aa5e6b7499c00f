"""The cost of the encoder: parameters, bytes, and milliseconds per item on one core."""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from PIL import Image
from sentence_transformers import SentenceTransformer

from gallery.encoders.model.fingerprint import fingerprint_of
from gallery.encoders.model.folder import ModelFolder
from gallery.encoders.onnx.encoder import OnnxEncoder
from gallery.encoders.onnx_export.export import export

REPEATS = 60


@dataclass(frozen=True, slots=True)
class Cost:
    parameters: int
    file_bytes: int
    text_ms: float
    picture_ms: float
    fast_text_ms: float
    fast_picture_ms: float


def _median_ms(action: Callable[[], object]) -> float:
    for _ in range(5):
        action()
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        action()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def cost(model: SentenceTransformer, folder: Path, picture: Image.Image) -> Cost:
    """Items are encoded one at a time. Times include resizing, but not decoding, of a picture."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        text_ms = _median_ms(
            lambda: model.encode([{"text": "a dog on a beach"}], show_progress_bar=False)
        )
        picture_ms = _median_ms(lambda: model.encode([picture], show_progress_bar=False))
    finally:
        torch.set_num_threads(threads)
    fast_text_ms, fast_picture_ms = _fast(folder, picture)
    return Cost(
        sum(weight.numel() for weight in model.parameters()),
        (folder / "model.safetensors").stat().st_size,
        text_ms,
        picture_ms,
        fast_text_ms,
        fast_picture_ms,
    )


def _fast(folder: Path, picture: Image.Image) -> tuple[float, float]:
    """Milliseconds per text and per picture through ONNX Runtime.

    Uses the variants that pass the gate. The sessions use one thread in any case.
    """
    model, before = ModelFolder(folder.name, folder), os.environ.get("GALLERY_TORCH_THREADS")
    os.environ["GALLERY_TORCH_THREADS"] = "1"
    try:
        with tempfile.TemporaryDirectory() as scratch:
            card = export(model, Path(scratch) / "onnx")
            fast = OnnxEncoder(fingerprint_of(model), Path(scratch) / "onnx", card)
            text_ms = _median_ms(lambda: fast.encode_texts(["a dog on a beach"]))
            return text_ms, _median_ms(lambda: fast.encode_images([picture]))
    finally:
        os.environ.pop("GALLERY_TORCH_THREADS")
        if before is not None:
            os.environ["GALLERY_TORCH_THREADS"] = before
