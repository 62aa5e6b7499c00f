"""What every backend does alike: inputs made safe, threads counted."""

from __future__ import annotations

import os

import PIL.Image

# The processor resizes the short side to 224 before it crops: a 1:800 strip would become 40 Mpx.
_WIDEST = 4
# Beyond eight threads a ViT-B/32 gains nothing.
_MOST_THREADS = 8


def cropped_rgb(image: PIL.Image.Image, *, crops: bool) -> PIL.Image.Image:
    """RGB; of a strip only the middle, of which a processor that crops would see even less."""
    longest = _WIDEST * min(image.size)
    if crops and max(image.size) > longest:
        left, top = (max(0, (side - longest) // 2) for side in image.size)
        image = image.crop((left, top, image.width - left, image.height - top))
    return image if image.mode == "RGB" else image.convert("RGB")


def encodable(text: str) -> str:
    """Without lone surrogates, which JSON can carry and the tokenizer refuses."""
    return text.encode("utf-8", "replace").decode("utf-8")


def threads() -> int:
    """How many one encoder computes with: ``GALLERY_TORCH_THREADS``, else all cores up to eight."""
    asked = os.environ.get("GALLERY_TORCH_THREADS", "")
    if asked.isdecimal() and int(asked):
        return int(asked)
    return min(len(os.sched_getaffinity(0)), _MOST_THREADS)
