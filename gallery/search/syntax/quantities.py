"""Sizes of files and numbers of megapixels that people type."""

from __future__ import annotations

import math
from typing import Any

from django.utils.translation import gettext_noop

from gallery.core.errors import InvalidInput
from gallery.search.syntax.limits import Limits, limits_of, number_of

# Pages show sizes in units of 1,024 too.
_UNITS = {"kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30, "k": 1 << 10, "m": 1 << 20,
          "g": 1 << 30, "兆": 1 << 20, "b": 1}  # fmt: skip
_SIZE = gettext_noop("not a size: write >5mb, <500kb or 1mb..5mb")
_MEGAPIXELS = gettext_noop("not a number: write >12, <=2.5 or 8..24")


def size(text: str) -> dict[str, Any]:
    """In bytes. “5mb” is 4.5 to 5.5 MB. Raises ``InvalidInput``."""
    text = text.strip().lower()
    limits = limits_of(text)
    if limits is None:
        number, unit = _number_and_unit(text)
        return {
            "min_size": math.ceil((number - 0.5) * unit) if number > 0.5 else 0,
            "max_size": math.ceil((number + 0.5) * unit) - 1,
        }
    conditions: dict[str, Any] = {}
    for name, limit in _set(limits):
        number, unit = _number_and_unit(limit)
        count = number * unit
        if name in ("above", "at_least"):
            conditions["min_size"] = math.floor(count) + 1 if name == "above" else math.ceil(count)
        else:
            conditions["max_size"] = math.ceil(count) - 1 if name == "below" else math.floor(count)
    return conditions


def megapixels(text: str) -> dict[str, Any]:
    """“12” is 11.5 to 12.5 megapixels. Raises ``InvalidInput``."""
    text = text.strip().lower().removesuffix("mp").strip()
    limits = limits_of(text)
    if limits is None:
        number = _megapixels(text)
        return {"min_megapixels": max(0, number - 0.5), "max_megapixels": number + 0.5}
    conditions: dict[str, Any] = {}
    for name, limit in _set(limits):
        number = _megapixels(limit.removesuffix("mp").strip())
        if name == "above":
            number = math.nextafter(number, math.inf)
        if name == "below":
            number = math.nextafter(number, -math.inf)
        conditions["min_megapixels" if name in ("above", "at_least") else "max_megapixels"] = number
    return conditions


def _set(limits: Limits) -> list[tuple[str, str]]:
    return [(name, limit) for name, limit in limits._asdict().items() if limit]


def _megapixels(text: str) -> float:
    number = number_of(text)
    if number is None:
        raise InvalidInput(_MEGAPIXELS)
    return number


def _number_and_unit(text: str) -> tuple[float, int]:
    """Without a unit, a number is in bytes."""
    unit = next((unit for unit in _UNITS if text.endswith(unit)), "")
    number = number_of(text.removesuffix(unit).strip())
    if number is None or number < 0:
        raise InvalidInput(_SIZE)
    return number, _UNITS[unit] if unit else 1
