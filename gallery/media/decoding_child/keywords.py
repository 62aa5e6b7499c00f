"""The keywords of a picture's file: XMP (``dc:subject``) and IPTC-IIM (2:25)."""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Iterator
from xml.parsers import expat

from PIL import Image

_SUBJECT = "http://purl.org/dc/elements/1.1/ subject"
_ITEM = "http://www.w3.org/1999/02/22-rdf-syntax-ns# li"
# An XMP packet in a JPEG has at most 65,502 bytes. What is beyond these is not parsed.
_MOST_BYTES = 1 << 20
# More than a person gives a picture; the site keeps fewer.
_MOST, _LENGTH = 200, 500

_PHOTOSHOP_IPTC = 0x0404
_TIFF_IPTC = 33723
_CHARACTER_SET, _KEYWORD = (1, 90), (2, 25)
_UTF8 = b"\x1b%G"


def read(image: Image.Image) -> list[str]:
    """Without repetitions, those of XMP first. What follows damaged bytes is left out."""
    keywords = dict.fromkeys([*_of_xmp(image.info.get("xmp")), *_of_iptc(_iptc_block(image))])
    return [keyword[:_LENGTH] for keyword in keywords][:_MOST]


class _TooMuch(Exception):
    """A document type, which could define entities of any size, or too many keywords."""


def _of_xmp(packet: object) -> list[str]:
    if isinstance(packet, str):
        packet = packet.encode("utf-8", "replace")
    if not isinstance(packet, bytes):
        return []
    subjects = _Subjects()
    # What was read until an error counts.
    with contextlib.suppress(expat.ExpatError, _TooMuch, ValueError, LookupError):
        subjects.parser.Parse(packet[:_MOST_BYTES], True)
    return subjects.found


class _Subjects:
    """Collects the items of ``dc:subject``, however they are nested."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._depth = 0  # of the open elements dc:subject
        self._item: list[str] | None = None
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._refuse

    def _start(self, name: str, _: dict[str, str]) -> None:
        if name == _SUBJECT:
            self._depth += 1
        elif name == _ITEM and self._depth:
            self._item = []

    def _end(self, name: str) -> None:
        if name == _SUBJECT:
            self._depth -= 1
        elif name == _ITEM and self._item is not None:
            self.found.append("".join(self._item))
            self._item = None
            if len(self.found) >= _MOST:
                raise _TooMuch

    def _text(self, text: str) -> None:
        if self._item is not None:
            self._item.append(text)

    def _refuse(self, *_: object) -> None:
        raise _TooMuch


def _iptc_block(image: Image.Image) -> bytes:
    """Of JPEG files in Photoshop's resources, of TIFF files in a tag of their own."""
    resources = image.info.get("photoshop")
    block = resources.get(_PHOTOSHOP_IPTC) if isinstance(resources, dict) else None
    if block is None and image.format == "TIFF":
        directory = image.tag_v2  # type: ignore[attr-defined]
        block = directory.get(_TIFF_IPTC)
        if isinstance(block, tuple) and all(isinstance(number, int) for number in block):
            # Some programs declare the bytes to be numbers of 32 bits.
            order = ">" if directory.prefix == b"MM" else "<"
            block = struct.pack(f"{order}{len(block)}I", *block)
    return block if isinstance(block, bytes) else b""


def _of_iptc(block: bytes) -> list[str]:
    encoding = ""
    found: list[str] = []
    for dataset, value in _datasets(block):
        if dataset == _CHARACTER_SET:
            encoding = "utf-8" if value == _UTF8 else ""
        elif dataset == _KEYWORD and len(found) < _MOST:
            found.append(_decoded(value, encoding))
    return found


def _datasets(block: bytes) -> Iterator[tuple[tuple[int, int], bytes]]:
    start = 0
    while start + 5 <= len(block) and block[start] == 0x1C:
        size = int.from_bytes(block[start + 3 : start + 5], "big")
        if size > 0x7FFF:  # a longer form, for previews
            return
        yield (block[start + 1], block[start + 2]), block[start + 5 : start + 5 + size]
        start += 5 + size


def _decoded(value: bytes, encoding: str) -> str:
    """Many programs write UTF-8 without saying so."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode(encoding or "cp1252", "replace")
