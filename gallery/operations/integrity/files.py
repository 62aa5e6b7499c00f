"""Compares the original and the previews of one image with what its row says."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

import PIL.Image

from gallery.media import storage
from gallery.media.file_hashes import PacedReader
from gallery.media.previews import SIZES
from gallery.models import FindingKind, Image, State
from gallery.models.files.integrity import ORIGINAL_KINDS

HAS_PREVIEWS = (State.DERIVED, State.READY)


@dataclass
class Examination:
    """``findings`` are those of one image, with a detail for people.

    ``previews_sha256`` is the hash of previews whose row has none; they can be decoded.
    """

    image: Image
    findings: dict[FindingKind, str] = field(default_factory=dict)
    previews_sha256: bytes | None = None

    @property
    def id(self) -> uuid.UUID:
        key: uuid.UUID = self.image.pk
        return key

    @property
    def has_good_original(self) -> bool:
        return not self.findings.keys() & set(ORIGINAL_KINDS)


def examine(image: Image, reader: PacedReader) -> Examination:
    """Raises ``Interrupted``."""
    result = Examination(image)
    _examine_original(result, reader)
    if image.state in HAS_PREVIEWS:
        _examine_previews(result, reader)
    return result


def _examine_original(result: Examination, reader: PacedReader) -> None:
    image = result.image
    path = storage.original_path(image)
    try:
        size = path.stat().st_size
        if size != image.size:
            detail = f"{size} bytes instead of {image.size}"
            result.findings[FindingKind.ORIGINAL_DAMAGED] = detail
        elif reader.sha256(path).hex() != image.sha256:
            result.findings[FindingKind.ORIGINAL_DAMAGED] = "another SHA-256"
    except FileNotFoundError:
        result.findings[FindingKind.ORIGINAL_MISSING] = ""
    except OSError as error:
        result.findings[FindingKind.ORIGINAL_UNREADABLE] = error.strerror or "input/output error"


def _examine_previews(result: Examination, reader: PacedReader) -> None:
    image = result.image
    expected = image.previews_sha256
    try:
        digest = reader.previews_sha256(image.pk)
        if expected is None:
            _decode_previews(image)
            result.previews_sha256 = digest
        elif digest != bytes(expected):
            result.findings[FindingKind.PREVIEW_DAMAGED] = "another SHA-256"
    except FileNotFoundError:
        result.findings[FindingKind.PREVIEW_MISSING] = ""
    except (OSError, ValueError, SyntaxError) as error:
        detail = (isinstance(error, OSError) and error.strerror) or "it cannot be decoded"
        result.findings[FindingKind.PREVIEW_DAMAGED] = detail


def _decode_previews(image: Image) -> None:
    """We made the files, so they are opened in this process. Raises ``OSError``, ``ValueError``."""
    for size in SIZES:
        with PIL.Image.open(storage.preview_path(image.pk, size), formats=["WEBP"]) as preview:
            preview.load()
