"""One piece of memory for the frames of all calls of a request.

CPython 3.11 keeps frames in pieces of 16 KB and returns a piece to the system when the last frame
in it ends (python/cpython issue 142183, fixed in later versions of 3.13). A loop that runs where
a piece ends maps and unmaps memory at each call. That made a page of hits a third slower.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Application = Callable[..., Any]

# CPython allocates a power of two that holds the frame and 1,000 more slots of 8 bytes. This frame
# is little more than half of 256 KB, and its slots are never touched.
_SLOTS = 16_000


def in_one_piece(application: Application) -> Application:
    """The application, called from a frame so large that all frames below it fit in its piece."""

    def call(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        return application(environ, start_response)

    call.__code__ = call.__code__.replace(co_stacksize=_SLOTS)
    return call
