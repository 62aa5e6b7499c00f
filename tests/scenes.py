"""Small pictures with known content, made by code."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image
from PIL.TiffImagePlugin import IFDRational, ImageFileDirectory_v2

RED, GREEN, BLUE, YELLOW = (220, 40, 40), (40, 160, 60), (40, 80, 200), (240, 210, 60)


def encoded(image: Image.Image, format: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def opened(data: bytes | Path) -> Image.Image:
    """The loaded picture, for files from our own code only; the file is closed."""
    with Image.open(io.BytesIO(data) if isinstance(data, bytes) else data) as image:
        image.load()
        return image


def quadrants(width: int = 60, height: int = 40, mode: str = "RGB") -> Image.Image:
    """Red and green above, blue and yellow below, so that a test sees any turn or mirroring."""
    image = Image.new("RGB", (width, height), RED)
    middle, centre = width // 2, height // 2
    image.paste(GREEN, (middle, 0, width, centre))
    image.paste(BLUE, (0, centre, middle, height))
    image.paste(YELLOW, (middle, centre, width, height))
    return image.convert(mode, palette=Image.Palette.ADAPTIVE)


def photo(format: str = "JPEG", *, size: tuple[int, int] = (60, 40), **options: Any) -> bytes:
    return encoded(quadrants(*size), format, **options)


def plain(colour: tuple[int, int, int] = RED, *, size: tuple[int, int] = (32, 32)) -> bytes:
    return encoded(Image.new("RGB", size, colour))


def exif_with_gps(directory: dict[int, Any]) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Software] = "tests"  # Pillow writes no EXIF whose first directory is empty
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(directory)
    return exif


def taken_at_place(
    latitude: float, longitude: float, format: str = "JPEG", **options: Any
) -> bytes:
    """A picture whose EXIF has this position, in degrees, minutes and seconds."""
    directory: dict[int, Any] = {
        ExifTags.GPS.GPSLatitudeRef: "S" if latitude < 0 else "N",
        ExifTags.GPS.GPSLatitude: _sexagesimal(abs(latitude)),
        ExifTags.GPS.GPSLongitudeRef: "W" if longitude < 0 else "E",
        ExifTags.GPS.GPSLongitude: _sexagesimal(abs(longitude)),
    }
    if format == "TIFF":
        tags = ImageFileDirectory_v2()
        tags[ExifTags.IFD.GPSInfo] = directory
        return photo(format, tiffinfo=tags, **options)
    return photo(format, exif=exif_with_gps(directory), **options)


def _sexagesimal(degrees: float) -> tuple[IFDRational, ...]:
    minutes = degrees % 1 * 60
    seconds = round(minutes % 1 * 60 * 10_000)
    return IFDRational(int(degrees)), IFDRational(int(minutes)), IFDRational(seconds, 10_000)


def corners(image: Image.Image) -> list[tuple[int, int, int]]:
    """The colours near top left, top right, bottom left, bottom right of a picture."""
    picture, (width, height) = image.convert("RGB"), image.size
    x, y = width // 8, height // 8
    points = [(x, y), (width - 1 - x, y), (x, height - 1 - y), (width - 1 - x, height - 1 - y)]
    return [picture.getpixel(point) for point in points]  # type: ignore[misc]


def near(one: tuple[int, ...], other: tuple[int, ...], within: int = 12) -> bool:
    """Whether no channel of the two colours differs by more than ``within``."""
    return all(abs(a - b) <= within for a, b in zip(one, other, strict=True))


def heic() -> bytes:
    """``quadrants(48, 32)`` as HEIC. The bytes are recorded: no installed library writes HEIC."""
    return base64.b64decode(_HEIC)


_HEIC = (
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAX1tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAA"
    "AAAAAAAAAAAAACJpbG9jAAAAAERAAAEAAQAAAAABoQABAAAAAAAAADkAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAA"
    "AAABAABodmMxAAAAAA5waXRtAAAAAAABAAAA/WlwcnAAAADdaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34"
    "+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5"
    "uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAA"
    "AAAoY2xhcAAAADAAAAABAAAAIAAAAAH////wAAAAAv///+AAAAACAAAAEHBpeGkAAAAAAwgICAAAABhpcG1hAAAA"
    "AAAAAAEAAQWBAgMFhAAAAEFtZGF0AAAANSgBr1j5Et3/xQ/9lcho7BwuVgdf08LeKZj+BmTfwX9ePE8p9/lJBzj4"
    "tLvQI+Zorzjy223T"
)
