"""The values of single cells, as a picture can have them."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from gallery.core.errors import RowError
from gallery.ingest.fields.metadata_document import MAX_INTEGER

_NULL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_HALVES = re.compile("[\ud800-\udfff]")


def text_of(value: Any) -> str:
    if is_empty(value) or isinstance(value, list | dict):
        return ""
    return str(plain(value)).strip()


def is_empty(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value))


def plain(value: Any) -> Any:
    """The value as JSON has it; numbers that it cannot hold as texts."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bool | str) or value is None:
        return value
    if isinstance(value, int):
        return value if abs(value) <= MAX_INTEGER else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Decimal):
        return str(value)
    return value.hex() if isinstance(value, bytes) else str(value)


def refuse_unstorable(document: str) -> None:
    """PostgreSQL stores neither NUL, which JSON writes as an escape, nor halves of pairs."""
    if _NULL.search(document) or _HALVES.search(document):
        raise RowError("The row contains a character that cannot be stored.")
