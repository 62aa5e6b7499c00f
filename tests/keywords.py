"""Files with keywords, as Lightroom and digiKam write them."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from PIL.PngImagePlugin import PngInfo
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from tests.scenes import photo

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
