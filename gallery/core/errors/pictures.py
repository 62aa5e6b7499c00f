"""Errors of pictures that people send."""

from gallery.core.errors.base import GalleryError, InvalidInput
from gallery.core.errors.fetching import UrlAnswer, UrlRefused, UrlUnreachable


class EmptyFile(InvalidInput):
    code = "empty_file"


class UnsupportedType(InvalidInput):
    code = "unsupported_type"
    status = 415


class CameraRawFile(UnsupportedType):
    """The RAW file of a camera, by its bytes or its name."""

    code = "camera_raw"


class FileTooLarge(InvalidInput):
    code = "file_too_large"
    status = 413


class UndecodablePicture(InvalidInput):
    """A decoder gives no pixels for the file."""


class PictureBlocked(InvalidInput):
    """The bytes are on a list of hashes, or those of a picture that a moderator blocked."""

    code = "picture_blocked"
    status = 422


class TooManyPixels(UndecodablePicture):
    code = "too_many_pixels"
    status = 422


class TooManyParts(UndecodablePicture):
    """A file of more frames, directories or chunks than a decoder should be sent to read."""

    code = "too_many_parts"
    status = 422


class CorruptImage(UndecodablePicture):
    code = "corrupt"
    status = 422


class TooExpensive(UndecodablePicture):
    """The decoder reached its time or memory limit."""

    code = "too_expensive"
    status = 422


class DecoderCrash(UndecodablePicture):
    """The decoding child was killed by a signal or ended with an error status."""

    code = "decoder_crash"
    status = 422


# The errors about the bytes of a picture, whenever it is sent.
PICTURE_ERRORS = (
    EmptyFile, UnsupportedType, FileTooLarge, PictureBlocked, UndecodablePicture, UrlRefused,
    UrlUnreachable, UrlAnswer,
)  # fmt: skip


class TooBusy(GalleryError):
    """All places for an expensive operation are occupied."""

    code = "too_busy"
    status = 503
    retry_after = 2


class TooManySlowPictures(TooBusy):
    """One client occupies more of the decoders' time than its share."""

    code = "too_many_slow_pictures"
    status = 429
    retry_after = 10


class ExternalIdTaken(GalleryError):
    """Another image of the same owner, ``image_id``, has the external id."""

    code = "external_id_taken"
    status = 409


class DuplicateImage(GalleryError):
    """The owner has a picture of the same bytes already: ``image_id``."""

    code = "duplicate"
    status = 409


class NearDuplicatesChanged(GalleryError):
    """A person decides about a group of pictures that are not near-duplicates any more."""

    code = "near_duplicates_changed"
    status = 409
