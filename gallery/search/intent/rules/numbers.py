"""Small numbers in words: “two”, “a”, 三, 十二, 二〇二一."""

from __future__ import annotations

_ENGLISH = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20,
    "fifty": 50, "hundred": 100,
}  # fmt: skip
_DIGITS = {**{digit: value for value, digit in enumerate("零一二三四五六七八九")}, "〇": 0, "两": 2}

ENGLISH_NUMBER = rf"(?:\d{{1,3}}|{'|'.join(sorted(_ENGLISH, key=len, reverse=True))})"
CHINESE_NUMBER = r"(?:\d{1,4}|[零〇一二两三四五六七八九十]{1,4})"


def english_number(words: str) -> int:
    return int(words) if words.isdecimal() else _ENGLISH[words.lower()]


def chinese_number(words: str) -> int | None:
    """Up to 99, or digit by digit as in years. None for others: 二三十 is “twenty or thirty”."""
    if words.isdecimal():
        return int(words)
    tens, ten, ones = words.partition("十")
    if not ten:
        digits = [_DIGITS.get(digit) for digit in words]
        return None if None in digits else int("".join(map(str, digits)))
    many, rest = _DIGITS.get(tens or "一"), _DIGITS.get(ones or "零")
    return None if many is None or rest is None else 10 * many + rest
