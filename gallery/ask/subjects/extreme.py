"""Whether a question is about the oldest or the newest of the pictures. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

from gallery.ask.subjects.words import NEWEST, OLDEST, PICTURES, VERBS
from gallery.search.query import Order

_ENGLISH = re.compile(
    rf"\b(?:(?P<oldest>{OLDEST})|{NEWEST}) (?:(?:[\w-]+ )?(?P<pictures>{PICTURES}|ones?)\b"
    rf"|(?:{VERBS}|time|upload)\b)",
    re.IGNORECASE,
)
# 最近三天 is a date.
_CHINESE = re.compile(
    r"(?P<oldest>最[早旧老]|第一[张次])|最新|(?:最[近后晚]|上)(?=的?一?[张次])|最[近后晚](?=的|拍|上传)"
)
_CHINESE_SEVERAL = re.compile(r"些|几张|[二两三四五六七八九十\d]张")


class Extreme(NamedTuple):
    """``only_one``: the question is about a single picture."""

    order: Order
    only_one: bool


def extreme_of(text: str) -> Extreme | None:
    if match := _ENGLISH.search(text):
        several = (match["pictures"] or "").lower().endswith("s")
    elif match := _CHINESE.search(text):
        several = _CHINESE_SEVERAL.search(text) is not None
    else:
        return None
    return Extreme(Order.OLDEST if match["oldest"] else Order.NEWEST, not several)
