"""Errors of requests, whatever they ask for."""

from gallery.core.errors.base import GalleryError, InvalidInput


class BadCursor(InvalidInput):
    """``reason`` is ``not_valid``, ``other_search`` or ``expired``."""

    code = "cursor"


class NullCharacter(InvalidInput):
    """PostgreSQL stores no text with the character U+0000."""

    code = "null_character"


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


class Throttled(GalleryError):
    """``wait`` is the number of seconds until the next request is answered."""

    code = "throttled"
    status = 429

    @property
    def retry_after(self) -> int:  # type: ignore[override]
        return int(self.data.get("wait", 1))


class TooManyBodies(GalleryError):
    """One client sends more large bodies at a time than its share of the space for them."""

    code = "too_many_bodies"
    status = 429
    retry_after = 10


class BadIdempotencyKey(InvalidInput):
    code = "idempotency_key"


class RequestInProgress(GalleryError):
    """The first request with the same ``Idempotency-Key`` has no answer yet."""

    code = "request_in_progress"
    status = 409
    retry_after = 1


class IdempotencyKeyReused(InvalidInput):
    """The ``Idempotency-Key`` belongs to another request."""

    code = "idempotency_key_reused"
    status = 422


class EventsGone(GalleryError):
    """Some of the events after a cursor are not kept any more."""

    code = "events_gone"
    status = 410
