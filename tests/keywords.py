"""Files with keywords, as Lightroom and digiKam write them."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from PIL.PngImagePlugin import PngInfo
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from tests.scenes import heic, photo

_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>{doctype}
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
   <dc:title><rdf:Alt><rdf:li xml:lang="x-default">no keyword</rdf:li></rdf:Alt></dc:title>
   <dc:subject><rdf:Bag>{items}</rdf:Bag></dc:subject>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta><?xpacket end="w"?>"""


def xmp_of(*keywords: str, doctype: str = "") -> bytes:
    items = "".join(f"<rdf:li>{escape(keyword)}</rdf:li>" for keyword in keywords)
    return _PACKET.format(items=items, doctype=doctype).encode()


def with_xmp(*keywords: str, format: str = "JPEG", **options: Any) -> bytes:
    if format == "PNG":
        text = PngInfo()
        text.add_itxt("XML:com.adobe.xmp", xmp_of(*keywords).decode())
        return photo(format, pnginfo=text, **options)
    if format == "TIFF":
        directory = ImageFileDirectory_v2()
        directory[700] = xmp_of(*keywords)
        return photo(format, tiffinfo=directory, **options)
    return photo(format, xmp=xmp_of(*keywords), **options)


def iptc_of(keywords: Sequence[bytes], *, declared_utf8: bool = False) -> bytes:
    datasets = [(2, 25, keyword) for keyword in keywords]
    if declared_utf8:
        datasets.insert(0, (1, 90, b"\x1b%G"))
    return b"".join(
        struct.pack(">BBBH", 0x1C, record, dataset, len(value)) + value
        for record, dataset, value in datasets
    )


def jpeg_with_iptc(*keywords: bytes, **options: Any) -> bytes:
    block = iptc_of(keywords, **options)
    padded = block + b"\0" * (len(block) % 2)
    body = b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + struct.pack(">I", len(block)) + padded
    whole = photo("JPEG")
    return whole[:2] + b"\xff\xed" + struct.pack(">H", len(body) + 2) + body + whole[2:]


def tiff_with_iptc(*keywords: bytes) -> bytes:
    directory = ImageFileDirectory_v2()
    directory[33723] = iptc_of(keywords)
    directory.tagtype[33723] = 7
    return photo("TIFF", tiffinfo=directory)


def heic_with_xmp(*keywords: str) -> bytes:
    """``scenes.heic()`` with a second item: the packet, which describes the picture.

    No installed library writes HEIC. The boxes are those of ISO/IEC 14496-12.
    """
    whole, packet = heic(), xmp_of(*keywords)
    info = _box(b"infe", struct.pack(">IHH", 2 << 24, 2, 0) + b"mime\0application/rdf+xml\0")
    reference = _box(b"iref", bytes(4) + _box(b"cdsc", struct.pack(">HHH", 2, 1, 1)))
    location = struct.Struct(">HHIHII")
    added = len(info) + len(reference) + location.size
    place = whole.index(b"iloc") + 12  # behind the number of items
    first = list(location.unpack_from(whole, place))
    first[2] += added
    second = (2, 0, len(whole) + added + 8, 1, 0, len(packet))
    whole = (
        whole[:place]
        + location.pack(*first)
        + location.pack(*second)
        + (whole[place + location.size :])
    )
    entries = whole.index(b"iinf") + 10  # behind the number of entries
    whole = whole[:entries] + info + whole[entries:]
    end = whole.index(b"mdat") - 4
    file = bytearray(whole[:end] + reference + whole[end:])
    for kind, more in ((b"meta", added), (b"iloc", location.size), (b"iinf", len(info))):
        at = file.index(kind) - 4
        struct.pack_into(">I", file, at, struct.unpack_from(">I", file, at)[0] + more)
    for kind, offset in ((b"iloc", 10), (b"iinf", 8)):
        struct.pack_into(">H", file, file.index(kind) + offset, 2)
    return bytes(file) + _box(b"mdat", packet)


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + kind + body
