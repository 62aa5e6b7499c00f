"""The perceptual hash of a picture: 64 bits. Few of them differ in a smaller copy of it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import imagehash
import numpy as np
import PIL.Image

_BYTES = 8
# The detail hash has the square of it in bits.
_DETAIL_SIDE = 16
# Of 256 levels of grey.
_LEAST_CONTRAST = 8


class Hashes(NamedTuple):
    """The columns of an image that depend on the pixels of its preview.

    ``detail_hash``, 256 bits, tells pictures of one layout apart, such as pages of text. It is
    empty for a plain picture.
    """

    perceptual_hash: int | None
    detail_hash: bytes | None


def perceptual_hash(picture: PIL.Image.Image) -> int:
    """ImageHash's ``phash`` as a signed integer of 64 bits, which is what PostgreSQL stores.

    The first bit of the hash is the highest one, so that ``hexadecimal`` gives what other programs
    with ImageHash print.
    """
    return from_hexadecimal(str(imagehash.phash(picture)))


def detail_hash(picture: PIL.Image.Image) -> bytes:
    """Empty for a plain picture: its hash would be that of the noise of its compression."""
    greys = np.asarray(picture.convert("L").resize((64, 64)))
    if int(greys.max()) - int(greys.min()) < _LEAST_CONTRAST:
        return b""
    return bytes.fromhex(str(imagehash.phash(picture, hash_size=_DETAIL_SIDE)))


def hashes_of_preview(path: Path) -> Hashes:
    """The hashes of a preview, a file that we wrote; None if it is missing or damaged."""
    try:
        with PIL.Image.open(path, formats=["WEBP"]) as preview:
            picture = preview.convert("RGB")
            return Hashes(perceptual_hash(picture), detail_hash(picture))
    except (OSError, ValueError):
        return Hashes(None, None)


def hexadecimal(value: int) -> str:
    """A hash as 16 hexadecimal digits."""
    return value.to_bytes(_BYTES, signed=True).hex()


def from_hexadecimal(text: str) -> int:
    """The hash of 16 hexadecimal digits. Raises ``ValueError`` for other texts."""
    data = bytes.fromhex(text)
    if len(data) != _BYTES or len(text) != 2 * _BYTES:
        raise ValueError("A perceptual hash has 16 hexadecimal digits.")
    return int.from_bytes(data, signed=True)
