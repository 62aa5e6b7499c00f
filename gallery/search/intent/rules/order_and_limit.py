"""“Newest first”, “the oldest pictures”, “10 pictures of”, 十张猫的照片.

“Three dogs” is a subject, and so is “the oldest house”.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gallery.core.config import config
from gallery.search.intent.intent import Kind
from gallery.search.intent.rules.candidate import (
    CHINESE_PICTURES,
    CLAUSE_END,
    PICTURES,
    Candidate,
    Context,
)
from gallery.search.intent.rules.numbers import (
    CHINESE_NUMBER,
    ENGLISH_NUMBER,
    chinese_number,
    english_number,
)
from gallery.search.query import Order

_PICTURE = r"(?:picture|photo|photograph|image|pic|shot)"
_ENGLISH_ORDER = re.compile(
    r"\b(?:the )?(?:(?P<newest>newest|latest|most recent)|(?P<oldest>oldest|earliest))"
    rf"(?: first\b|(?=(?: {ENGLISH_NUMBER})? {PICTURES}\b))",
    re.IGNORECASE,
)
_CHINESE_ORDER = re.compile(
    r"(?P<newest>(?:按时间)?(?:从新到旧|倒序)(?:排列|排序)?|最新的|最近拍的"
    rf"|(?:最新|最近的?)(?={CHINESE_PICTURES}))"
    rf"|(?P<oldest>(?:按时间)?从旧到新(?:排列|排序)?|最早的|最[早旧](?={CHINESE_PICTURES}))"
)
# Not after a word that would make it a part of a description.
_ENGLISH_LIMIT = re.compile(
    r"(?:\btop |(?<![\w'’] )(?<![\w'’])|(?<=me )|(?<=find )|(?<=latest |newest |oldest ))"
    rf"(?P<number>{ENGLISH_NUMBER})(?= (?:{PICTURES}|{_PICTURE})"
    r"(?: (?:of|from|by|with|taken|showing|uploaded)\b|\s*$))",
    re.IGNORECASE,
)
# “5 newest pictures”: here the number can describe nothing.
_LIMIT_OF_ORDER = re.compile(
    rf"\b(?:the )?(?P<number>{ENGLISH_NUMBER})"
    rf"(?= (?:newest|latest|most recent|oldest|earliest) {PICTURES}\b)",
    re.IGNORECASE,
)
_CHINESE_LIMIT = re.compile(rf"(?P<number>{CHINESE_NUMBER})[张幅](?![桌床椅纸脸票嘴海地邮弓网])")
_HAS_PICTURES = re.compile(CHINESE_PICTURES)


def order_candidates(text: str, context: Context) -> Iterator[Candidate]:
    for match in _ENGLISH_ORDER.finditer(text):
        yield _ordered(match)
    for match in _CHINESE_ORDER.finditer(text):
        # 最新的手机 is a subject, and 最新的照片 an order.
        if "从" in match[0] or "序" in match[0] or _pictures_follow(text, match.end()):
            yield _ordered(match)


def limit_candidates(text: str, context: Context) -> Iterator[Candidate]:
    for pattern in (_ENGLISH_LIMIT, _LIMIT_OF_ORDER):
        for match in pattern.finditer(text):
            if match["number"].lower() not in ("a", "an"):
                yield from _limited(match, english_number(match["number"]))
    for match in _CHINESE_LIMIT.finditer(text):
        if _pictures_follow(text, match.end()):
            yield from _limited(match, chinese_number(match["number"]))


def _pictures_follow(text: str, position: int) -> bool:
    """Whether 照片 or the like is in the same clause."""
    end = CLAUSE_END.search(text, position)
    return bool(_HAS_PICTURES.search(text, position, end.start() if end else len(text)))


def _ordered(match: re.Match[str]) -> Candidate:
    order = Order.NEWEST if match["newest"] else Order.OLDEST
    return Candidate(start=match.start(), end=match.end(), kind=Kind.ORDER, order=order)


def _limited(match: re.Match[str], number: int | None) -> Iterator[Candidate]:
    """One picture is what a person wants to find, not how many hits there should be."""
    start, end = match.span()
    if number == 1:
        yield Candidate(start=start, end=end, kind=Kind.FILLER)
    elif number is not None and 1 < number <= config().max_results:
        yield Candidate(start=start, end=end, kind=Kind.LIMIT, limit=number)
