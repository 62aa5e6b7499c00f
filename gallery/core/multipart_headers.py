"""Accept uploads whose file names are not UTF-8.

Django drops a header of a multipart body that is not UTF-8. The file then has no name and counts
as not sent. Scripts on systems with another encoding send such names for good pictures.
"""

from __future__ import annotations

from typing import Any

from django.http import multipartparser  # noqa: TID251 - the one place that changes the parser

_parse_part = multipartparser.parse_boundary_stream  # type: ignore[attr-defined]
_HEADER_END = b"\r\n\r\n"


def _parse_readable_part(stream: Any, max_header_size: int) -> Any:
    start = stream.read(max_header_size)
    header, end, body = start.partition(_HEADER_END)
    stream.unget(_readable(header) + end + body if end else start)
    return _parse_part(stream, max_header_size)


def _readable(header: bytes) -> bytes:
    """The header as UTF-8, not longer than before: every unreadable sequence becomes ``_``."""
    try:
        header.decode()
    except UnicodeDecodeError:
        return header.decode(errors="replace").replace("\ufffd", "_").encode()
    return header


def install() -> None:
    """Use this for every multipart body: Django and the API's parsers share one function."""
    multipartparser.parse_boundary_stream = _parse_readable_part  # type: ignore[attr-defined]
