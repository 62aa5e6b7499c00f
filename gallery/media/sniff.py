"""Recognises a picture's format by its first bytes.

This runs in the web process, so it decodes nothing.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable

from gallery.core.errors import CameraRawFile, EmptyFile, UnsupportedType
from gallery.media.formats import FORMATS, Format
from gallery.media.structure.camera_raw import RAW_MESSAGE, is_raw

# Bytes; enough for every signature below, including the brands of an ISO media file.
HEAD_SIZE = 512

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

# Names for the error message. The site accepts none of these.
_UNSUPPORTED: tuple[tuple[str, re.Pattern[bytes]], ...] = (
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


def sniff(head: bytes) -> Format:
    """The format of a file that begins with ``head``: ``HEAD_SIZE`` bytes, or the whole file.

    Raises ``EmptyFile``, or ``UnsupportedType`` with a message that names the type of the file.
    """
    if not head:
        raise EmptyFile("The file is empty.")
    if is_raw(head):
        raise CameraRawFile(RAW_MESSAGE, accepted=list(FORMATS))
    for name, matches in _SIGNATURES:
        if matches(head):
            return FORMATS[name]
    raise UnsupportedType(
        f"This is {_description(head)}. Pictures may be JPEG, PNG, WebP, GIF, BMP, TIFF, "
        "AVIF or HEIC.",
        accepted=list(FORMATS),
    )


def _brands(head: bytes) -> set[bytes]:
    """Major and compatible brands of an ISO media file; empty for other files."""
    if head[4:8] != b"ftyp":
        return set()
    end = min(int.from_bytes(head[:4], "big"), len(head))
    return {head[8:12], *(head[start : start + 4] for start in range(16, end - 3, 4))}


def _description(head: bytes) -> str:
    for name, pattern in _UNSUPPORTED:
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
