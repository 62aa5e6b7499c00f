"""Recognises the RAW files of cameras, which are not supported.

Most are TIFF files whose first picture is a small preview, which Pillow would take for the photo.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import PurePosixPath

from gallery.core.errors import CameraRawFile
from gallery.media.formats import FORMATS

RAW_MESSAGE = (
    "This is a RAW file of a camera. RAW files are not supported; export it as JPEG, and upload "
    "the JPEG."
)
_SUFFIXES = frozenset(
    {".nef", ".arw", ".dng", ".cr2", ".cr3", ".raf", ".orf", ".rw2", ".pef", ".srw"}
)
# Olympus (.orf), Panasonic (.rw2), Fujifilm (.raf).
_SIGNATURES = (b"IIRO", b"IIRS", b"MMOR", b"IIU\0", b"FUJIFILMCCD-RAW")
# Tags of TIFF and DNG.
_SUBFILE_TYPE, _PHOTOMETRIC, _SUB_IFDS, _DNG_VERSION = 254, 262, 330, 50706
_REDUCED = 1
# The colours of a sensor, with and without its mosaic.
_OF_SENSORS = (32803, 34892)
_ENTRY_SIZE = 12
_SHORT = 3  # a number of 16 bits


def is_raw(head: bytes) -> bool:
    """Of a file that begins with ``head``. A TIFF file whose list of tags is elsewhere is not."""
    if head.startswith(_SIGNATURES) or head[4:12] == b"ftypcrx ":
        return True
    if not head.startswith((b"II*\0", b"MM\0*")):
        return False
    tags = dict(_tags(head))
    return (
        head[8:10] == b"CR"  # Canon (.cr2)
        or _DNG_VERSION in tags
        or tags.get(_PHOTOMETRIC) in _OF_SENSORS
        # A pyramid has its smaller pictures in the others, and the full one here.
        or (tags.get(_SUBFILE_TYPE) == _REDUCED and _SUB_IFDS in tags)
    )


def refuse_raw_name(name: str) -> None:
    """Raises ``CameraRawFile`` if a file of this name is a RAW file."""
    if PurePosixPath(name).suffix.lower() in _SUFFIXES:
        raise CameraRawFile(RAW_MESSAGE, accepted=list(FORMATS))


def _tags(head: bytes) -> Iterator[tuple[int, int]]:
    """Tags of the first directory and their first value, as far as ``head`` has them."""
    order = "<" if head[:2] == b"II" else ">"
    if len(head) < 8:
        return
    (start,) = struct.unpack(order + "I", head[4:8])
    if start + 2 > len(head):
        return
    (count,) = struct.unpack(order + "H", head[start : start + 2])
    entries = head[start + 2 : start + 2 + count * _ENTRY_SIZE]
    for at in range(0, len(entries) - _ENTRY_SIZE + 1, _ENTRY_SIZE):
        tag, kind = struct.unpack(order + "HH", entries[at : at + 4])
        value = entries[at + 8 : at + (10 if kind == _SHORT else 12)]
        yield tag, int.from_bytes(value, "little" if order == "<" else "big")
