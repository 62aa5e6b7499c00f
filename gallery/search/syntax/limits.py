"""Comparisons and ranges that people type: ``>5mb``, ``<=12``, ``3..7``."""

from __future__ import annotations

import re
from typing import NamedTuple

_NUMBER = re.compile(r"[+-]?\d{1,18}(?:\.\d{1,18})?", re.ASCII)


class Limits(NamedTuple):
    """Texts of the limits of a range; empty for none. ``above`` and ``below`` exclude theirs."""

    above: str = ""
    at_least: str = ""
    below: str = ""
    at_most: str = ""


_COMPARISONS = {">=": "at_least", "<=": "at_most", "≥": "at_least", "≤": "at_most",
                ">": "above", "<": "below", "＞": "above", "＜": "below"}  # fmt: skip


def limits_of(text: str) -> Limits | None:
    """None if ``text`` is neither a comparison nor a range."""
    for sign, name in _COMPARISONS.items():
        if text.startswith(sign):
            rest = text.removeprefix(sign).strip()
            return Limits(**{name: rest}) if rest else None
    low, dots, high = text.partition("..")
    if dots and (low.strip() or high.strip()):
        return Limits(at_least=low.strip(), at_most=high.strip())
    return None


def number_of(text: str) -> int | float | None:
    """None if ``text`` is not a decimal number of ASCII digits."""
    if not _NUMBER.fullmatch(text):
        return None
    return float(text) if "." in text else int(text)
