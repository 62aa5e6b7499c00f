"""The picture formats that the site accepts.

A new format also needs its signature in ``sniff.py``, its plugin of Pillow in
``decoding_child/picture.py``, a sample in ``GOOD`` of ``tests/media/test_sniff.py``, and samples in
``tests/hostile/seeds.py``. The list of formats that people read is in the message of
``sniff.sniff``, in ``templates/gallery/upload/page.html`` and in the READMEs.
``evaluation/caption_sources.py`` has a list of file name extensions.
"""

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
