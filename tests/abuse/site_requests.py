"""Requests to a running site, with the time that each takes."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from time import monotonic
from typing import Any

from tests.local.site import Site

_BOUNDARY = "one-boundary"


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    seconds: float

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def ask(
    site: Site,
    path: str,
    headers: dict[str, str] | None = None,
    body: bytes | None = None,
    method: str | None = None,
) -> Answer:
    request = urllib.request.Request(site.url + path, body, headers or {}, method=method)
    began = monotonic()
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return Answer(response.status, response.read(), monotonic() - began)
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.read(), monotonic() - began)


def send_picture(
    site: Site, path: str, field: str, picture: bytes, headers: dict[str, str] | None = None
) -> Answer:
    head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"; filename="a.png"\r\n'
    body = f"{head}Content-Type: image/png\r\n\r\n".encode() + picture
    body += f"\r\n--{_BOUNDARY}--\r\n".encode()
    kind = {"Content-Type": f"multipart/form-data; boundary={_BOUNDARY}"}
    return ask(site, path, {**kind, **(headers or {})}, body)
