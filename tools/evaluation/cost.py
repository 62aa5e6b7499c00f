"""What the encoder costs: numbers of parameters and bytes, and milliseconds on one core."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from PIL import Image
from sentence_transformers import SentenceTransformer

REPEATS = 60


@dataclass(frozen=True, slots=True)
class Cost:
    parameters: int
    file_bytes: int
    text_ms: float
    picture_ms: float


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
    return Cost(
        sum(weight.numel() for weight in model.parameters()),
        (folder / "model.safetensors").stat().st_size,
        text_ms,
        picture_ms,
    )
