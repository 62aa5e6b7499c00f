"""What the encoder costs: numbers of parameters and bytes, and milliseconds on one core."""

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
    taken = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        action()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


def cost(model: SentenceTransformer, folder: Path, picture: Image.Image) -> Cost:
    """One at a time, image decoding not included, resizing included."""
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
    """The same through ONNX Runtime, with the variants that pass the gate; its sessions are
    single-threaded anyway.
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
