"""Make pictures and texts safe to encode; every backend applies this to its inputs."""

from __future__ import annotations

import PIL.Image

# The longest side as a multiple of the shortest. The processor resizes the shortest side to 224
# before it crops, so a strip of 1:800 would become 40 megapixels.
_MAX_ASPECT = 4


def cropped_rgb(image: PIL.Image.Image, *, crops: bool) -> PIL.Image.Image:
    """The picture as RGB. If the processor ``crops``, only the middle of a strip is kept, which is
    still more than the processor would keep.
    """
    longest = _MAX_ASPECT * min(image.size)
    if crops and max(image.size) > longest:
        left, top = (max(0, (side - longest) // 2) for side in image.size)
        image = image.crop((left, top, image.width - left, image.height - top))
    return image if image.mode == "RGB" else image.convert("RGB")


def encodable(text: str) -> str:
    """The text with "?" for each lone surrogate, which JSON may contain and tokenizers refuse."""
    return text.encode("utf-8", "replace").decode("utf-8")
