"""Pictures with private or broken metadata, and colour profiles."""

from __future__ import annotations

import struct
from typing import Any

from PIL import ExifTags, Image, ImageCms
from PIL.PngImagePlugin import PngInfo
from PIL.TiffImagePlugin import IFDRational

from tests.scenes import photo

CANARY = "canary-7f3a"

_GPS = {1: "N", 2: (IFDRational(52), IFDRational(31), IFDRational(12)), 29: CANARY}


def jpeg_with_metadata() -> bytes:
    """A JPEG with GPS, owner, serial number, comments and XMP that contain ``CANARY``."""
    exif = exif_of(
        Make="Contoso",
        Model="Contoso X100",
        Artist=CANARY,
        ImageDescription=CANARY,
        UserComment=CANARY.encode(),
        BodySerialNumber=CANARY,
        MakerNote=CANARY.encode(),
        LensModel="Contoso 35 mm f/2",
        ExposureTime=IFDRational(1, 250),
        FNumber=IFDRational(28, 10),
        ISOSpeedRatings=200,
        FocalLength=IFDRational(35),
        DateTimeOriginal="2021:05:06 07:08:09",
        OffsetTimeOriginal="+02:00",
    )
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(_GPS)
    xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{CANARY}</x:xmpmeta>".encode()
    return photo("JPEG", exif=exif, comment=CANARY.encode(), xmp=xmp, icc_profile=srgb_profile())


def exif_of(**tags: Any) -> Image.Exif:
    """EXIF with these tags, given by name, each in the directory it belongs to."""
    exif = Image.Exif()
    for name, value in tags.items():
        first = name in {"Make", "Model", "Artist", "ImageDescription", "Orientation"}
        directory = exif if first else exif.get_ifd(ExifTags.IFD.Exif)
        directory[ExifTags.Base[name]] = value
    return exif


def png_with_metadata() -> bytes:
    text = PngInfo()
    text.add_text("Comment", CANARY)
    text.add_itxt("XML:com.adobe.xmp", CANARY, zip=True)
    return photo("PNG", pnginfo=text, icc_profile=srgb_profile())


def srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def linear_profile() -> bytes:
    """sRGB's primaries with a linear tone curve: the same values mean lighter colours."""
    profile = bytearray(srgb_profile())
    curve = struct.pack(">5i", *(round(value * 65536) for value in (1, 1, 0, 1, 0)))
    for entry in range(132, 132 + 12 * int.from_bytes(profile[128:132], "big"), 12):
        name, offset, _ = struct.unpack_from(">4sII", profile, entry)
        if name.endswith(b"TRC"):
            assert profile[offset : offset + 10] == b"para\0\0\0\0\0\x03"
            profile[offset + 12 : offset + 32] = curve
    return bytes(profile)


def jpeg_with_broken_exif() -> bytes:
    return photo("JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + bytes(range(40)))
