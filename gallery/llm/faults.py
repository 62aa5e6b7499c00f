"""Which of our errors an error of an official client is.

The text of a provider's error is not repeated: it may have a part of the key, or of the question.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2

from gallery.core.errors import (
    GalleryError,
    LlmBadAnswer,
    LlmKeyRefused,
    LlmOverloaded,
    LlmRequestRefused,
    LlmTimeout,
    LlmUnavailable,
)

log = logging.getLogger(__name__)

# What the official clients raise for JSON that is broken, too deep, or of another shape.
_OF_OTHER_SHAPE = (ValueError, TypeError, AttributeError, LookupError, RecursionError)


@contextmanager
def translated(sdk: Any, base: type[Exception]) -> Iterator[None]:
    """Errors of the block as ours; ``sdk`` is the module of the official client, and ``base`` the
    class of all of its errors: an answer that was cut or filtered is not an ``APIError``."""
    try:
        yield
    except GalleryError:
        raise
    except (base, httpx2.HTTPError, *_OF_OTHER_SHAPE) as error:
        ours = _fault_of(error, sdk)
        status = getattr(error, "status_code", None)
        log.warning("language model: %s (%s, status %s)", ours.code, type(error).__name__, status)
        raise ours from None


def _fault_of(error: Exception, sdk: Any) -> GalleryError:
    if (ours := _cause(error)) is not None:
        return ours
    if isinstance(error, sdk.APITimeoutError | httpx2.TimeoutException):
        return LlmTimeout("The language model took too long.")
    if isinstance(error, sdk.APIStatusError):
        return _of_status(error)
    if isinstance(error, sdk.APIError | httpx2.HTTPError):
        return LlmUnavailable("The language model cannot be reached.")
    return LlmBadAnswer("The answer of the language model cannot be read.")


def _cause(error: BaseException) -> GalleryError | None:
    """An error of our own inside the HTTP client, which the official clients wrap."""
    cause = error.__cause__
    while cause is not None and not isinstance(cause, GalleryError):
        cause = cause.__cause__
    return cause


def _of_status(error: Any) -> GalleryError:
    status: int = error.status_code
    if status in (401, 403):
        return LlmKeyRefused("The language model's provider does not accept the key of this site.")
    if status in (429, 503, 529) or "overloaded_error" in str(error.body):
        return LlmOverloaded("The language model has too many requests right now.")
    if 400 <= status < 500 and status not in (408, 409):
        return LlmRequestRefused(
            "The language model's provider does not accept the request: the model may not exist, "
            "or it does not read pictures."
        )
    return LlmUnavailable("The language model's provider answers with an error.")
