"""Which JSON documents ``Image.metadata`` accepts."""

from __future__ import annotations

import json
import math
import unicodedata
from typing import Any

from gallery.core.errors import InvalidInput

MAX_BYTES = 16 << 10
MAX_DEPTH = 4
MAX_KEY_LENGTH = 64
# JSON numbers are doubles in JavaScript, which is exact up to here (Number.MAX_SAFE_INTEGER).
MAX_INTEGER = 2**53 - 1


def checked(document: Any) -> dict[str, Any]:
    """``document`` itself. Raises ``InvalidInput``, which names the place, for any other value.

    It is a JSON object, at most ``MAX_BYTES`` as compact UTF-8 and ``MAX_DEPTH`` levels deep, the
    document being the first. Keys have 1 to ``MAX_KEY_LENGTH`` characters, none of them a control
    character. What PostgreSQL's jsonb or JavaScript cannot hold is refused: NaN, infinities,
    larger integers, NUL and halves of surrogate pairs.
    """
    if not isinstance(document, dict):
        raise _refused("must be a JSON object.")
    _check(document, "metadata", depth=1)
    size = len(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode())
    if size > MAX_BYTES:
        raise _refused(f"may have at most {MAX_BYTES} bytes.", limit=MAX_BYTES)
    return document


def parsed(text: str) -> dict[str, Any]:
    """The document that a JSON text states. Raises ``InvalidInput``."""
    try:
        document = json.loads(text)
    except RecursionError:
        raise _refused(f"may be at most {MAX_DEPTH} levels deep.", limit=MAX_DEPTH) from None
    except ValueError as error:
        raise _refused(f"is not JSON: {error}.") from None
    return checked(document)


def _check(value: Any, place: str, *, depth: int) -> None:
    if isinstance(value, dict | list) and depth > MAX_DEPTH:
        raise _refused(f"may be at most {MAX_DEPTH} levels deep.", limit=MAX_DEPTH)
    if isinstance(value, dict):
        for key, item in value.items():
            _check_key(key, place)
            _check(item, f"{place}.{key}", depth=depth + 1)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _check(item, f"{place}.{index}", depth=depth + 1)
    elif reason := _problem_of(value):
        raise _refused(reason, place=place)


def _check_key(key: Any, place: str) -> None:
    if not isinstance(key, str) or not 1 <= len(key) <= MAX_KEY_LENGTH:
        raise _refused(
            f"may only have keys of 1 to {MAX_KEY_LENGTH} characters.",
            place=place,
            limit=MAX_KEY_LENGTH,
        )
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in key):
        raise _refused("may not have control characters in its keys.", place=place)


def _problem_of(value: Any) -> str:
    """Why a string, number, boolean or null is refused; empty if it is not."""
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
            return "contains a character that cannot be stored."
    elif isinstance(value, float):
        if not math.isfinite(value):
            return "must be a finite number."
    elif isinstance(value, int):  # and bool
        if abs(value) > MAX_INTEGER:
            return f"must be a number between -{MAX_INTEGER} and {MAX_INTEGER}."
    elif value is not None:
        return "is not a JSON value."
    return ""


def _refused(reason: str, *, place: str = "metadata", **data: Any) -> InvalidInput:
    return InvalidInput(f"{place} {reason}", field="metadata", **data)
