"""The rest of a body that was refused before it had arrived.

A client that reads the answer sends its next request after this body. So the body is read to its
end, or the answer says that the connection is closed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from searchsite.front.request_body import Receive
from searchsite.front.response import Header

CLOSE: Header = (b"Connection", b"close")
_SECONDS = 2.0
_BYTES = 16 << 20
# Of these, the client would need longer, or the part that arrived takes space from others.
_NOT_READ = frozenset({"too_slow", "full"})


async def can_stay_open(environ: Mapping[str, Any], refusal: str, receive: Receive) -> bool:
    """Read the rest of the body, if it is not too long and the client sends it without an answer
    (``Expect: 100-continue``). Whether it ended, so that the next request can follow.
    """
    length = environ.get("CONTENT_LENGTH") or "0"
    is_long = length.isdecimal() and int(length) > _BYTES
    if is_long or refusal in _NOT_READ or "HTTP_EXPECT" in environ:
        return False
    return await discard(receive)


async def discard(receive: Receive) -> bool:
    """Read up to two seconds and 16 MB of a body. Whether it ended.

    A connection that is closed with unread bytes is reset, and the client may lose the answer.
    """
    size = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(_SECONDS):
            while size < _BYTES:
                message = await receive()
                size += len(message.get("body", b""))
                if not message.get("more_body", False):
                    return True
    return False
