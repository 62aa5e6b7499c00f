"""Shape, file format, size and colour of a picture, where the words cannot be its subject.

“Landscape photos” may show landscapes, “a red boat” is red: both stay text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gallery.core.errors import InvalidInput
from gallery.search.filters.colours import colour_of
from gallery.search.intent.intent import Kind
from gallery.search.intent.rules.candidate import (
    CHINESE_PICTURES,
    PICTURES,
    Candidate,
    Context,
)

_SHAPES = {
    "landscape": "landscape", "horizontal": "landscape", "portrait": "portrait",
    "vertical": "portrait", "upright": "portrait", "square": "square",
}  # fmt: skip
_ENGLISH_SHAPE = re.compile(
    r"\b(?:in )?(?:a )?(?P<a>landscape|portrait|square|horizontal|vertical)[- ]"
    r"(?:format|orientation|orientated|oriented|aspect)\b"
    rf"|\b(?P<b>vertical|horizontal|upright|square)(?: ones\b|(?= {PICTURES}\b))"
    r"|\b(?P<c>landscape|portrait|square|horizontal|vertical)(?: only)?\b",
    re.IGNORECASE,
)
_CHINESE_SHAPE = re.compile(
    r"(?P<landscape>横图|横版|横屏|横构图)|(?P<portrait>竖图|竖版|竖屏|竖构图)"
    rf"|(?P<square>方图|正?方形构图|正?方形(?=的?{CHINESE_PICTURES}))"
)
FORMAT_NAME = r"(?:pngs?|jpe?gs?|gifs?|webps?|bmps?|tiffs?|avifs?|heics?|heifs?)"
_FORMAT = re.compile(
    rf"(?<![\w./-])(?:(?:as|in) (?:an? )?)?"
    rf"(?P<names>\.?{FORMAT_NAME}(?:(?:,? (?:or|and) |[/、和或]者?){FORMAT_NAME})*)"
    rf"(?: format| files?)?(?![a-z0-9_./-])(?:格式|文件)?的?",
    re.IGNORECASE | re.ASCII,
)
# 灯塔png: a Chinese character before the name is no part of it.
_CHINESE_FORMAT = re.compile(
    rf"(?<=[\u4e00-\u9fff])(?P<names>{FORMAT_NAME})(?![a-z0-9_./-])(?:格式|文件)?的?",
    re.IGNORECASE | re.ASCII,
)
_ENGLISH_SIZE = re.compile(
    r"\b(?:(?P<more>larger|bigger|over|more|greater|above)|(?P<least>at least|from)"
    r"|(?P<less>smaller|less|under|below)|(?P<most>at most|up to))(?: than)? "
    r"(?P<number>\d{1,6}(?:\.\d{1,3})?) ?(?P<unit>kb|mb|gb|megabytes?|megapixels?|mp)\b",
    re.IGNORECASE,
)
_CHINESE_SIZE = re.compile(
    r"(?:(?P<more>大于|超过|高于)|(?P<least>至少|不小于)|(?P<less>小于|不到|低于)|(?P<most>最多|不超过))"
    r"(?P<number>\d{1,8}(?:\.\d{1,3})?) ?(?P<unit>kb|mb?(?![a-z])|gb|兆|万像素|百万像素)的?",
    re.IGNORECASE,
)
_SIGNS = {"more": ">", "least": ">=", "less": "<", "most": "<="}
_ENGLISH_COLOUR = re.compile(
    r"\b(?:in |with )?(?P<a>[a-z]{3,9}) (?:tones?|hues?)\b"
    r"|\b(?:with )?(?:a |the )?(?:dominant|main) colou?r (?:is )?(?P<b>[a-z]{3,9})\b"
    rf"|\b(?:mainly|mostly|predominantly) (?P<c>[a-z]{{3,9}})(?= {PICTURES}\b)",
    re.IGNORECASE,
)
_CHINESE_COLOUR = re.compile(
    r"(?:主色调?|主要颜色)[是为](?P<a>[\u4e00-\u9fff]{1,2}色)的?"
    r"|以(?P<b>[\u4e00-\u9fff]{1,2}色)为主的?|(?P<c>[\u4e00-\u9fff]{1,2}色)(?:色?调)的?"
)


def file_candidates(text: str, context: Context) -> Iterator[Candidate]:
    yield from _shapes(text)
    for pattern in (_FORMAT, _CHINESE_FORMAT):
        for match in pattern.finditer(text):
            names = re.findall(FORMAT_NAME, match["names"], re.IGNORECASE)
            yield _filter(match, f"format:{','.join(_singular(name) for name in names)}")
    for pattern in (_ENGLISH_SIZE, _CHINESE_SIZE):
        for match in pattern.finditer(text):
            yield _filter(match, _size(match))
    for pattern in (_ENGLISH_COLOUR, _CHINESE_COLOUR):
        for match in pattern.finditer(text):
            name = (match["a"] or match["b"] or match["c"]).lower()
            if _is_colour(name):
                yield _filter(match, f"colour:{name}")


def _shapes(text: str) -> Iterator[Candidate]:
    for match in _ENGLISH_SHAPE.finditer(text):
        name = (match["a"] or match["b"] or match["c"]).lower()
        yield _filter(match, f"is:{_SHAPES[name]}", needs_company=bool(match["c"]))
    for match in _CHINESE_SHAPE.finditer(text):
        end = match.end() + text.startswith("的", match.end())
        yield Candidate(
            start=match.start(), end=end, kind=Kind.FILTER, operator=f"is:{match.lastgroup}"
        )


def _singular(name: str) -> str:
    return name.lower().removesuffix("s")


def _size(match: re.Match[str]) -> str:
    sign = next(_SIGNS[name] for name in _SIGNS if match[name])
    number, unit = match["number"], match["unit"].lower()
    if unit in ("mp", "百万像素") or unit.startswith("megapixel"):
        return f"mp:{sign}{number}"
    if unit == "万像素":
        return f"mp:{sign}{float(number) / 100:g}"
    return (
        f"size:{sign}{number}{'mb' if unit in ('m', '兆') or unit.startswith('megabyte') else unit}"
    )


def _is_colour(name: str) -> bool:
    try:
        colour_of(name)
    except InvalidInput:
        return False
    return True


def _filter(match: re.Match[str], operator: str, *, needs_company: bool = False) -> Candidate:
    return Candidate(
        start=match.start(),
        end=match.end(),
        kind=Kind.FILTER,
        operator=operator,
        needs_company=needs_company,
    )
