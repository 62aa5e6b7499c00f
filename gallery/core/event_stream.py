"""Server-sent events, as ``text/event-stream`` has them."""

from __future__ import annotations

import json
from typing import Any

CONTENT_TYPE = "text/event-stream"
# Proxies such as nginx would collect the events until the last one.
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def event(name: str, data: Any) -> bytes:
    """JSON without line breaks, in ASCII, so that no text ends the event."""
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()
