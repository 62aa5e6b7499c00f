"""Pictures with a canary in one place each, in every format whose files can have it there.

A file of ``tests.canaries`` has it in all places at once, so that a file whose metadata is treated
differently because of one of them would hide what happens to the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo
from PIL.TiffImagePlugin import IFDRational

from tests.canaries import CANARY
from tests.hostile import exif_of
from tests.scenes import photo

_TEXT = CANARY.decode()
_XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + CANARY + b"</x:xmpmeta>"
_POSITION = {1: "N", 2: (IFDRational(52), IFDRational(31), IFDRational(12)), 29: _TEXT}
_EXIF_FIELDS: dict[str, str | bytes] = {
    "Artist": _TEXT,
    "ImageDescription": _TEXT,
    "UserComment": CANARY,
    "MakerNote": CANARY,
    "BodySerialNumber": _TEXT,
    "CameraOwnerName": _TEXT,
}
# Pillow writes only the first directory of EXIF into a TIFF.
_WITH_EXIF = ("JPEG", "PNG", "WEBP", "AVIF")
_IN_FIRST_DIRECTORY = ("Artist", "ImageDescription")
_WITH_XMP = ("JPEG", "WEBP", "AVIF")
_WITH_TRAILER = ("JPEG", "PNG", "WEBP", "GIF", "BMP")


def _in_exif(format: str, field: str) -> bytes:
    return photo(format, exif=exif_of(Make="Contoso", **{field: _EXIF_FIELDS[field]}))


def _in_position(format: str) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Contoso"  # Pillow writes no EXIF whose first directory is empty
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(_POSITION)
    return photo(format, exif=exif)


def _in_png_text(*, compressed: bool) -> bytes:
    text = PngInfo()
    text.add_text("Comment", _TEXT, zip=compressed)
    return photo("PNG", pnginfo=text)


def _in_png_international_text() -> bytes:
    text = PngInfo()
    text.add_itxt("XML:com.adobe.xmp", _TEXT)
    return photo("PNG", pnginfo=text)


def _in_trailer(format: str) -> bytes:
    return photo(format) + CANARY


def _files() -> Iterator[tuple[str, Callable[[], bytes]]]:
    for format in _WITH_EXIF:
        for field in _EXIF_FIELDS:
            yield f"{format} {field}", partial(_in_exif, format, field)
        yield f"{format} position", partial(_in_position, format)
    for field in _IN_FIRST_DIRECTORY:
        yield f"TIFF {field}", partial(_in_exif, "TIFF", field)
    for format in _WITH_XMP:
        yield f"{format} XMP", partial(photo, format, xmp=_XMP)
    for format in ("JPEG", "GIF"):
        yield f"{format} comment", partial(photo, format, comment=CANARY)
    for compressed in (False, True):
        yield f"PNG text, {compressed=}", partial(_in_png_text, compressed=compressed)
    yield "PNG international text", _in_png_international_text
    for format in _WITH_TRAILER:
        yield f"{format} trailer", partial(_in_trailer, format)


FILES = dict(_files())
