"""EXIF that holds the orientation of a picture and nothing else."""

from __future__ import annotations

import struct

_ORIENTATION = 0x0112
_SHORT = 3


def exif_of(orientation: int) -> bytes:
    """A TIFF header and one directory with one entry, in big-endian order."""
    entry = struct.pack(">HHIHH", _ORIENTATION, _SHORT, 1, orientation, 0)
    return b"MM\0*" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)
