"""The application's errors, each with a stable code and an HTTP status."""

from typing import Any, ClassVar


class GalleryError(Exception):
    """Base of all errors that this application raises on purpose.

    ``code`` is stable and machine-readable, ``status`` is the HTTP status. ``message`` is plain
    English; pages translate by ``code``. ``data`` holds the figures of the message (limits,
    sizes).
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    # Seconds for the header Retry-After; 0 where a later attempt would fail in the same way.
    retry_after: ClassVar[int] = 0

    def __init__(self, message: str, **data: Any) -> None:
        super().__init__(message)
        self.message = message
        self.data = data


class InvalidInput(GalleryError):
    code = "invalid"
    status = 400


class BadCursor(InvalidInput):
    """``reason`` is ``not_valid``, ``other_search`` or ``expired``."""

    code = "cursor"


class NullCharacter(InvalidInput):
    """PostgreSQL stores no text with the character U+0000."""

    code = "null_character"


class EmptyFile(InvalidInput):
    code = "empty_file"


class UnsupportedType(InvalidInput):
    code = "unsupported_type"
    status = 415


class FileTooLarge(InvalidInput):
    code = "file_too_large"
    status = 413


class RequestTooLarge(InvalidInput):
    """The body is larger than its address accepts: ``limit`` in bytes."""

    code = "request_too_large"
    status = 413


class LengthRequired(InvalidInput):
    code = "length_required"
    status = 411


class RequestTimeout(InvalidInput):
    code = "request_timeout"
    status = 408


class TooManyPixels(InvalidInput):
    code = "too_many_pixels"
    status = 422


class TooManyParts(InvalidInput):
    """A file of more frames, directories or chunks than a decoder should be sent to read."""

    code = "too_many_parts"
    status = 422


class CorruptImage(InvalidInput):
    code = "corrupt"
    status = 422


class TooExpensive(InvalidInput):
    """The decoder reached its time or memory limit."""

    code = "too_expensive"
    status = 422


class DecoderCrash(InvalidInput):
    """The decoding child was killed by a signal or ended with an error status."""

    code = "decoder_crash"
    status = 422


class NotFound(GalleryError):
    """The thing does not exist, or the user may not see it; the two must look the same."""

    code = "not_found"
    status = 404


class OriginalUnavailable(GalleryError):
    """Only people who may change the picture get its file."""

    code = "original_unavailable"
    status = 403


class ExternalIdTaken(GalleryError):
    """Another image of the same owner, ``image_id``, has the external id."""

    code = "external_id_taken"
    status = 409


class EncoderUnavailable(GalleryError):
    code = "encoder_unavailable"
    status = 503


class NotEnoughMemory(EncoderUnavailable):
    """A model needs more memory than is free; ``needed`` and ``free`` in MB."""

    code = "not_enough_memory"


class EncoderMismatch(GalleryError):
    """A model's width is not 512, or its fingerprint differs from the embedding space's."""

    code = "encoder_mismatch"
    status = 503


class BadEmbedding(GalleryError):
    """The encoder returned a vector that is not finite or whose norm is 0."""

    code = "bad_embedding"
    status = 500


class NoVector(BadEmbedding):
    """The encoder gives no usable vector for a text or picture that somebody sent."""

    status = 422


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


class OutOfMemory(GalleryError):
    """The encoder could not allocate enough memory; the same input may succeed later."""

    code = "out_of_memory"
    status = 503


class CacheUnavailable(GalleryError):
    """What a request needs is in the cache, which does not answer."""

    code = "cache_unavailable"
    status = 503
    retry_after = 10


class Throttled(GalleryError):
    """``wait`` is the number of seconds until the next request is answered."""

    code = "throttled"
    status = 429

    @property
    def retry_after(self) -> int:  # type: ignore[override]
        return int(self.data.get("wait", 1))


class StorageUnavailable(GalleryError):
    code = "storage_unavailable"
    status = 503


class StorageFull(GalleryError):
    code = "storage_full"
    status = 507


class BackupFailed(GalleryError):
    """A backup or a restore was not completed; what existed before is unchanged."""

    code = "backup_failed"


class DatabaseUnavailable(GalleryError):
    """PostgreSQL does not answer, or cannot do what was requested at the moment."""

    code = "database_unavailable"
    status = 503
    retry_after = 2


class DatabaseTimeout(GalleryError):
    """A statement took longer than a request may wait."""

    code = "database_timeout"
    status = 504


class NotNow(GalleryError):
    """The state of an embedding space does not allow what was requested."""

    code = "not_now"
    status = 409


class BackfillNotRunning(NotNow):
    code = "backfill_not_running"


class BackfillNotPaused(NotNow):
    code = "backfill_not_paused"


class SpaceIncomplete(NotNow):
    code = "space_incomplete"


class SpaceActive(NotNow):
    code = "space_active"


class SpaceBeingDeleted(NotNow):
    code = "space_being_deleted"


class NoEarlierSpace(NotNow):
    code = "no_earlier_space"
