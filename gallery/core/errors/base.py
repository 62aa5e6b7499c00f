"""The base of the application's errors, each with a stable code and an HTTP status."""

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


class NotFound(GalleryError):
    """The thing does not exist, or the user may not see it; the two must look the same."""

    code = "not_found"
    status = 404
