"""Pictures in all accepted containers that carry a canary wherever metadata may be."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from typing import Any

from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo
from PIL.TiffImagePlugin import IFDRational

from tests.hostile import exif_of, srgb_profile
from tests.scenes import encoded, heic, photo, quadrants

CANARY = b"canary-7f3a"
_TEXT = CANARY.decode()
_XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + CANARY + b"</x:xmpmeta>"
_THUMBNAIL = CANARY + bytes(12 - len(CANARY))


def exif(*, orientation: int = 6) -> Image.Exif:
    """Position, owner, serial numbers, comments, maker note and an orientation."""
    data = exif_of(
        Make="Contoso",
        Artist=_TEXT,
        ImageDescription=_TEXT,
        Orientation=orientation,
        UserComment=CANARY,
        BodySerialNumber=_TEXT,
        LensSerialNumber=_TEXT,
        CameraOwnerName=_TEXT,
        MakerNote=CANARY,
        ExposureTime=IFDRational(1, 250),
    )
    data.get_ifd(ExifTags.IFD.GPSInfo).update(
        {1: "N", 2: (IFDRational(52), IFDRational(31), IFDRational(12)), 29: _TEXT}
    )
    return data


def jpeg(**options: Any) -> bytes:
    """With the thumbnails of JFIF and JFXX, IPTC, a list of further pictures, and a trailer."""
    whole = photo("JPEG", exif=exif(), xmp=_XMP, comment=CANARY, icc_profile=srgb_profile(),
                  size=(90, 60), **options)  # fmt: skip
    jfif = b"JFIF\0\1\1\0\0\1\0\1\2\2" + _THUMBNAIL
    segments = (
        (0xE0, jfif), (0xE0, b"JFXX\0\x13\2\2" + _THUMBNAIL), (0xE2, b"MPF\0" + CANARY),
        (0xEC, b"Ducky" + CANARY), (0xED, b"Photoshop 3.0\x008BIM" + CANARY),
        (0xEF, CANARY), (0xFE, CANARY),
    )  # fmt: skip
    inserted = b"".join(
        struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data for marker, data in segments
    )
    return whole[:2] + inserted + whole[2:] + photo("JPEG", comment=CANARY) + CANARY


def png(**options: Any) -> bytes:
    text = PngInfo()
    text.add_text("Comment", _TEXT)
    text.add_text(_TEXT, "compressed", zip=True)
    text.add_itxt("XML:com.adobe.xmp", _TEXT)
    whole = photo("PNG", exif=exif(), pnginfo=text, icc_profile=srgb_profile(), **options)
    end = whole.rindex(b"IEND") - 4
    private = b"".join(
        struct.pack(">I", len(CANARY))
        + name
        + CANARY
        + struct.pack(">I", zlib.crc32(name + CANARY))
        for name in (b"tIME", b"prVt", b"sPLT")
    )
    return whole[:end] + private + whole[end:] + CANARY


def apng() -> bytes:
    return png(save_all=True, append_images=[quadrants().rotate(180)], duration=[40, 80], loop=3)


def webp(**options: Any) -> bytes:
    whole = photo("WEBP", exif=exif(), xmp=_XMP, icc_profile=srgb_profile(), **options)
    private = b"prVt" + struct.pack("<I", len(CANARY)) + CANARY + b"\0"
    size = struct.pack("<I", len(whole) - 8 + len(private))
    return whole[:4] + size + whole[8:] + private + CANARY


def animated_webp() -> bytes:
    return webp(save_all=True, append_images=[quadrants().rotate(180)], duration=[40, 80], loop=3)


def gif() -> bytes:
    frames = [quadrants(mode="P"), quadrants().rotate(180).convert("P")]
    whole = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=[40, 80],
                    loop=3, comment=CANARY)  # fmt: skip
    xmp = b"\x21\xff\x0bXMP DataXMP" + bytes((len(_XMP),)) + _XMP + b"\0"
    plain = b"\x21\x01\x0c" + bytes(12) + bytes((len(CANARY),)) + CANARY + b"\0"
    return whole[:-1] + xmp + plain + b";" + CANARY


def bmp() -> bytes:
    return photo("BMP") + CANARY


def tiff() -> bytes:
    return photo("TIFF", exif=exif(), description=_TEXT, software=_TEXT, artist=_TEXT,
                 icc_profile=srgb_profile(), compression="tiff_lzw")  # fmt: skip


def avif() -> bytes:
    return photo("AVIF", exif=exif(), xmp=_XMP, icc_profile=srgb_profile())


def heic_with_box() -> bytes:
    contents = bytes(16) + CANARY
    return heic() + struct.pack(">I", 8 + len(contents)) + b"uuid" + contents


# Those that can be stripped without loss, and the others.
STRIPPED: dict[str, Callable[[], bytes]] = {
    "jpeg": jpeg, "progressive jpeg": lambda: jpeg(progressive=True), "png": png, "apng": apng,
    "webp": webp, "animated webp": animated_webp, "gif": gif,
}  # fmt: skip
NOT_STRIPPED: dict[str, Callable[[], bytes]] = {
    "bmp": bmp, "tiff": tiff, "avif": avif, "heic": heic_with_box,
}  # fmt: skip
