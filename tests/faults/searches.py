"""Whether pictures are found by a search with themselves."""

from __future__ import annotations

import time
from collections.abc import Iterable

from tests.abuse.site_requests import Answer, send_picture
from tests.local.site import Site

_WITHIN = 3
# The rate limit is per minute.
_ATTEMPTS, _PAUSE_SECONDS = 15, 5.0


def not_found(site: Site, token: str, pictures: Iterable[tuple[str, bytes]]) -> list[str]:
    """Of (id, bytes): one line for each that is not among its own first three results."""
    headers = {"Authorization": f"Token {token}"}
    lines = []
    for key, data in pictures:
        answer = _search(site, data, headers)
        hits = answer.json["results"] if answer.status == 200 else []
        keys = [hit["id"] for hit in hits[:_WITHIN]]
        if key not in keys:
            lines.append(f"{key} is not found by itself: status {answer.status}, {keys}")
    return lines


def _search(site: Site, picture: bytes, headers: dict[str, str]) -> Answer:
    """Again while the rate limit refuses it."""
    for _ in range(_ATTEMPTS):
        answer = send_picture(site, "/api/v1/search/", "images", picture, headers)
        if answer.status != 429:
            break
        time.sleep(_PAUSE_SECONDS)
    return answer
