"""Reduces a decoded picture to 8 bits and few pixels without a second copy of it in memory."""

from __future__ import annotations

from PIL import Image

from gallery.media.decoding_child import colours

# As fast as bilinear, and as sharp as bicubic. Lanczos takes twice the time, for differences far
# below those of the compression (docs/benchmarks.md).
FILTER = Image.Resampling.HAMMING
# A picture with fewer pixels is converted as a whole, which is faster.
_WHOLE = 16_000_000
# Pixels that are converted at a time.
_STRIP = 4_000_000
# Box filtering goes down to so many times the final size; ``FILTER`` does the rest.
_GAP = 3


def reduced(image: Image.Image, longest: int) -> Image.Image:
    """``image`` in a mode of ``colours.eight_bit``, no side longer than ``longest`` pixels."""
    convert = colours.converter_to_eight_bit(image)
    if image.width * image.height > _WHOLE:
        return _reduced_in_strips(image, longest, convert)
    pixels = convert(image)
    pixels.thumbnail((longest, longest), FILTER, reducing_gap=_GAP)
    return pixels


def _reduced_in_strips(image: Image.Image, longest: int, convert: colours.Converter) -> Image.Image:
    """The filter is separable: to narrow the rows of a strip, no other strip is needed."""
    scale = min(1.0, longest / max(image.size))
    width, height = (max(1, round(side * scale)) for side in image.size)
    factor = max(1, int(1 / scale / _GAP))
    mode = convert(image.crop((0, 0, 1, 1))).mode
    narrow = Image.new(mode, (width, -(-image.height // factor)))
    step = max(1, _STRIP // image.width // factor) * factor
    for top in range(0, image.height, step):
        strip = image.crop((0, top, image.width, min(top + step, image.height)))
        narrow.paste(_narrowed(convert(strip), width, factor), (0, top // factor))
    box = (0, 0, width, image.height / factor)
    return narrow.resize((width, height), FILTER, box)


def _narrowed(strip: Image.Image, width: int, factor: int) -> Image.Image:
    """The strip with ``width`` columns, and its rows divided by ``factor``."""
    box = (0, 0, strip.width / factor, -(-strip.height // factor))
    small = strip.reduce(factor) if factor > 1 else strip
    return small.resize((width, small.height), FILTER, box)
