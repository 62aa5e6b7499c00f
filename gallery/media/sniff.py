"""What a file is, told from its first bytes by pure Python: this runs in the web process."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import imagesize

from gallery.core.errors import EmptyFile, UnsupportedType

# Enough for every signature below, the brands of an ISO media file included.
HEAD_SIZE = 512


@dataclass(frozen=True)
class Kind:
    """An accepted format: our name, the file's ending, the MIME type."""

    format: str
    extension: str
    mime_type: str


KINDS: dict[str, Kind] = {
    name: Kind(name, extension, mime_type)
    for name, extension, mime_type in (
        ("jpeg", "jpg", "image/jpeg"),
        ("png", "png", "image/png"),
        ("webp", "webp", "image/webp"),
        ("gif", "gif", "image/gif"),
        ("bmp", "bmp", "image/bmp"),
        ("tiff", "tif", "image/tiff"),
        ("avif", "avif", "image/avif"),
        ("heic", "heic", "image/heic"),
    )
}

_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"}
_AVIF_BRANDS = {b"avif", b"avis"}

_SIGNATURES: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
    ("jpeg", lambda head: head.startswith(b"\xff\xd8\xff")),
    ("png", lambda head: head.startswith(b"\x89PNG\r\n\x1a\n")),
    ("webp", lambda head: head.startswith(b"RIFF") and head[8:12] == b"WEBP"),
    ("gif", lambda head: head.startswith((b"GIF87a", b"GIF89a"))),
    ("bmp", lambda head: head.startswith(b"BM") and head[6:10] == b"\0\0\0\0"),
    ("tiff", lambda head: head.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"))),
    ("avif", lambda head: bool(_brands(head) & _AVIF_BRANDS)),
    ("heic", lambda head: bool(_brands(head) & _HEIC_BRANDS)),
)

# Only to say what was found; none of these is ever opened.
_REFUSED: tuple[tuple[str, re.Pattern[bytes]], ...] = (
    ("an HTML page", re.compile(rb"(?is)\s*<(!doctype\s+html|html|head|body|script)\b")),
    ("an SVG drawing", re.compile(rb"(?is)\s*<(svg|.*?<svg)[\s>]")),
    ("an XML file", re.compile(rb"\s*<\?xml")),
    ("a PDF document", re.compile(rb"%PDF-")),
    ("a PostScript file", re.compile(rb"%!PS|\xc5\xd0\xd3\xc6")),
    ("a Photoshop file", re.compile(rb"8BPS")),
    ("a ZIP archive or office document", re.compile(rb"PK\x03\x04|PK\x05\x06")),
    ("a compressed archive", re.compile(rb"\x1f\x8b|BZh|\xfd7zXZ|7z\xbc\xaf\x27\x1c|Rar!")),
    ("a JPEG 2000 picture", re.compile(rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51")),
    ("a JPEG XL picture", re.compile(rb"\xff\x0a|\0\0\0\x0cJXL ")),
    ("an icon", re.compile(rb"\0\0[\x01\x02]\0")),
    ("a video", re.compile(rb"(?s)....ftyp|\x1a\x45\xdf\xa3|RIFF....AVI ")),
    ("a sound file", re.compile(rb"(?s)ID3|OggS|fLaC|RIFF....WAVE")),
    ("a program", re.compile(rb"\x7fELF|MZ|#!")),
)


def sniff(head: bytes) -> Kind:
    """The accepted kind of a file that begins with ``head`` (``HEAD_SIZE`` bytes, or all of it).

    Raises ``EmptyFile``, or ``UnsupportedType`` with words that name what was found.
    """
    if not head:
        raise EmptyFile("The file is empty.")
    for name, matches in _SIGNATURES:
        if matches(head):
            return KINDS[name]
    raise UnsupportedType(
        f"This is {_what_was_found(head)}. Pictures may be JPEG, PNG, WebP, GIF, BMP, TIFF, "
        "AVIF or HEIC.",
        accepted=list(KINDS),
    )


def dimensions(path: Path) -> tuple[int, int] | None:
    """Width and height that the header claims, unverified; None when it does not say."""
    with path.open("rb") as file:
        # An open file, never a name: the library would fetch one that begins with "http://".
        width, height = imagesize.get(_Frugal(file), exif_rotation=False)
    return (width, height) if width > 0 and height > 0 else None


class _Frugal:
    """A file of which only so much may be read: a header made of a million empty boxes must not
    keep the web process busy."""

    _MOST = 1 << 20
    # What a read costs at least, so that their number is bounded too.
    _LEAST_COST = 256

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._left = self._MOST

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= self._left:
            raise ValueError("the header is too long")
        self._left -= max(size, self._LEAST_COST)
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)


def _brands(head: bytes) -> set[bytes]:
    """Major and compatible brands of an ISO media file, none for other files."""
    if head[4:8] != b"ftyp":
        return set()
    end = min(int.from_bytes(head[:4], "big"), len(head))
    return {head[8:12], *(head[at : at + 4] for at in range(16, end - 3, 4))}


def _what_was_found(head: bytes) -> str:
    for name, pattern in _REFUSED:
        if pattern.match(head.removeprefix(b"\xef\xbb\xbf")):
            return name
    if _is_text(head):
        return "a text file"
    return "not a picture of a known type"


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return not re.search(rb"[\0-\x08\x0e-\x1a]", head)
