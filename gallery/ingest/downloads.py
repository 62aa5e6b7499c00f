"""Which file a person gets who downloads a picture, and under which name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gallery.core.config import config
from gallery.core.errors import NotFound, OriginalUnavailable
from gallery.media import storage, stripped_copies
from gallery.media.formats import FORMATS
from gallery.media.limits.slots import Slots
from gallery.models import Image, User

# Each slot is a thread of the web process that waits for a decoding child.
SLOTS = Slots(4)


@dataclass(frozen=True)
class Download:
    """``etag`` says nothing about the bytes of an original that the person does not get."""

    path: Path
    mime_type: str
    etag: str
    file_name: str


def is_offered(image: Image, user: User) -> bool:
    """Whether ``download_of`` has a file for a person who may see the picture."""
    return image.is_changeable_by(user) or config().strangers_get != "nothing"


def download_of(image: Image, user: User) -> Download:
    """The original for people who may change the picture; for others as ``strangers_get`` says.

    A stripped copy is made once. A file that cannot be stripped without loss is replaced by the
    large preview. Raises ``NotFound``, ``OriginalUnavailable``, ``TooBusy``, ``StorageFull`` and
    ``StorageUnavailable``.
    """
    original = storage.original_path(image)
    if not original.is_file():
        raise NotFound("The file of this picture is missing.")
    if image.is_changeable_by(user):
        return _original(image, original, _uploaded_name(image))
    if not is_offered(image, user):
        raise OriginalUnavailable("The original file is available to its owner only.")
    if config().strangers_get == "original":
        return _original(image, original, _neutral_name(image))
    return _stripped(image, original) or _large_preview(image)


def _original(image: Image, path: Path, stem: str) -> Download:
    format = FORMATS[image.format]
    return Download(path, format.mime_type, f'"{image.sha256}"', f"{stem}.{format.extension}")


def _stripped(image: Image, original: Path) -> Download | None:
    format = FORMATS[image.format]
    copy = stripped_copies.path_of(image.pk, format.extension)
    if not stripped_copies.is_decided(copy):
        with SLOTS.occupied():
            if not stripped_copies.is_decided(copy):
                stripped_copies.make(original, image.format, copy)
        if not Image.objects.filter(pk=image.pk).exists():
            storage.forget(image.pk)
            raise NotFound("The picture was deleted.")
    if copy.stat().st_size == 0:
        return None
    etag = f'"{image.pk.hex}-{copy.stem}"'
    return Download(copy, format.mime_type, etag, f"{_neutral_name(image)}.{format.extension}")


def _large_preview(image: Image) -> Download:
    path = storage.preview_path(image.pk, "large")
    if not path.is_file():
        raise OriginalUnavailable("The original file is available to its owner only.")
    etag = f'"{image.pk.hex}-large"'
    return Download(path, FORMATS["webp"].mime_type, etag, f"{_neutral_name(image)}.webp")


def _uploaded_name(image: Image) -> str:
    return Path(image.file_name).stem or _neutral_name(image)


def _neutral_name(image: Image) -> str:
    """The title, which everybody sees, or the beginning of the id."""
    return image.title or f"picture-{image.pk.hex[:8]}"
