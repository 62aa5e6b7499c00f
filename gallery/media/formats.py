"""The picture formats that the site accepts."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Format:
    """``name`` is the value of ``Image.format``; ``extension`` has no dot."""

    name: str
    extension: str
    mime_type: str


FORMATS: dict[str, Format] = {
    name: Format(name, extension, mime_type)
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
