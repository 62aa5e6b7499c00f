"""Polite words, and nouns that say that pictures are meant: “please show me pictures of”, 请找."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gallery.search.intent.intent import Kind
from gallery.search.intent.rules.candidate import (
    CHINESE_PICTURES,
    PICTURES,
    Candidate,
    overlaps,
    without_overlaps,
)

_OPENER = re.compile(
    r"\s*(?:(?:hi|hello|hey)\b[, ]*)?(?:please,? )?(?:(?:can|could|would|will) you )?(?:please )?"
    r"(?:help me )?"
    r"(?:(?:(?:find|show|give|get|fetch|bring|display)(?: me| us)|find|search for|look for|list all"
    r"|display all|show all)\b|(?:i['’]?m|i am) (?:looking|searching) for"
    r"|(?:i (?:want|need|would like)|i['’]d like)(?: to (?:see|find))?\b"
    r"|do you have|are there|please\b|any(?= photos| pictures| images))"
    r"(?: (?:all|any|some)(?: of)?(?: the)?\b)?[ ,]*",
    re.IGNORECASE,
)
_CLOSER = re.compile(r"(?:[\s,]*\b(?:please|thanks|thank you))?[\s.!?]*$", re.IGNORECASE)
_CHINESE_OPENER = re.compile(
    r"\s*(?:你好[，, ]*)?(?:(?:请问?|麻烦)(?!勿)[你您]?)?(?:能不能|能否|可不可以|可以)?"
    r"(?:(?:帮我|帮忙|给我|替我)(?:找一下|找找|找出|找到|找|搜索|搜一下|搜|查找|看看|看一下|看|显示|列出)?"
    r"|我想(?:看看|看|找)|我要(?:看|找)|有没有|找一下|找找|找出|查找|搜索|显示|列出)(?:所有的?|全部的?|几张|一些)?"
)
_CHINESE_CLOSER = re.compile(r"[，,\s]*(?:谢谢[你您]?|好吗|吗)?[。！？!?\s]*$")
_PICTURE = r"(?:picture|photo|photograph|image|pic)"
_LEADING = re.compile(
    rf"\s*(?:(?:all|any|some|every)(?: of)? )?(?:the )?(?:{PICTURES}|everything)\b"
    r"(?: (?:of|showing|that show|that are|which are)\b)?"
    rf"|\s*(?:an?|the) {_PICTURE} of\b|\s*(?:all|any|some)(?: of)?\s*$",
    re.IGNORECASE,
)
_TRAILING = re.compile(rf"\b(?:{PICTURES}|ones)\s*$", re.IGNORECASE)
_CHINESE_LEADING = re.compile(
    rf"\s*(?:所有的?|全部的?|几张)?(?:{CHINESE_PICTURES})(?:里|中)?的?|\s*所有的?"
)
_CHINESE_TRAILING = re.compile(rf"的?{CHINESE_PICTURES}(?:里|中)?(?=\s*(?:[，。；,;！？]|$))")
_WORD = re.compile(r"\w")


def opener_end(text: str) -> int:
    """Where the polite beginning ends; 0 without one, or if nothing else is there."""
    match = _OPENER.match(text) or _CHINESE_OPENER.match(text)
    if not match or not match[0].strip() or not _WORD.search(text, match.end()):
        return 0
    return match.end()


def filler(text: str, parts: Sequence[Candidate]) -> list[Candidate]:
    """Beside ``parts``, which have a meaning; nothing in a sentence of neither."""
    end = opener_end(text)
    if not end and not parts:
        return []
    spans = [(0, end)] if end else []
    for pattern in (_CLOSER, _CHINESE_CLOSER):
        if (match := pattern.search(text)) and _WORD.search(match[0]):
            spans.append(match.span())
    candidates = [Candidate(start=s, end=e, kind=Kind.FILLER) for s, e in spans]
    polite = [each for each in candidates if not _meets(each, parts)]
    return without_overlaps([*polite, *_pictures(text, [*parts, *polite])])


def _pictures(text: str, taken: Sequence[Candidate]) -> list[Candidate]:
    """Nouns such as “pictures” where a part of the sentence is next to them, or its limits."""
    spans: list[tuple[int, int]] = []
    gaps = _gaps(text, taken)
    for index, (start, end) in enumerate(gaps):
        piece = text[start:end]
        is_first = not any(_WORD.search(text[s:e]) for s, e in gaps[:index])
        matches = [pattern.search(piece) for pattern in (_TRAILING, _CHINESE_TRAILING)]
        if is_first:
            matches += [pattern.match(piece) for pattern in (_LEADING, _CHINESE_LEADING)]
        spans += [(start + m.start(), start + m.end()) for m in matches if m and m[0].strip()]
    return without_overlaps(Candidate(start=s, end=e, kind=Kind.FILLER) for s, e in spans)


def _gaps(text: str, taken: Sequence[Candidate]) -> list[tuple[int, int]]:
    """The places between parts."""
    gaps, position = [], 0
    for part in sorted(taken, key=lambda each: each.start):
        if part.start > position:
            gaps.append((position, part.start))
        position = max(position, part.end)
    return [*gaps, (position, len(text))] if position < len(text) else gaps


def _meets(candidate: Candidate, parts: Sequence[Candidate]) -> bool:
    return any(overlaps(candidate, part) for part in parts)
