"""Splits the text of the search box into words, quoted phrases and operators, in linear time."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

# Input methods for Chinese type fullwidth characters. Each maps to one character, so that
# positions stay the same.
_QUOTES = "“”„＂"
_ASCII = str.maketrans({**dict.fromkeys(_QUOTES, '"'), "：": ":", "－": "-"})
# Words that cannot be an operator, a phrase or excluded. The quantifiers are possessive, so that
# nothing is matched twice.
_PLAIN_WORDS = re.compile(r'(?:[^\s:"#-][^\s:"]*+(?!\S)\s*+)++')
_NEGATION = re.compile(r"-(?=[^\s-])")
_BREAK = re.compile(r"[\s“]")
_SPACE = re.compile(r"\s+")
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class Token(NamedTuple):
    """``box[start:end]``. ``name`` is the text before the colon, empty for words and phrases.

    ``value`` is one word, several plain words, a phrase without its quotes, or the text after
    the colon.
    """

    start: int
    end: int
    name: str
    value: str
    negated: bool
    quoted: bool


def cleaned(box: str) -> str:
    """Control characters and halves of surrogate pairs become spaces."""
    return _UNPRINTABLE.sub(" ", box)


def scan(box: str) -> Iterator[Token]:
    """The tokens of a cleaned box, in their order. Empty phrases are tokens without a value."""
    plain = box.translate(_ASCII)
    breaks = [match.start() for match in _BREAK.finditer(box)]
    position = len(plain) - len(plain.lstrip())
    while position < len(box):
        if words := _PLAIN_WORDS.match(plain, position):
            end = words.end()
            yield Token(position, end, "", box[position:end], negated=False, quoted=False)
        else:
            token = _token_at(position, box, plain=plain, breaks=breaks)
            end = token.end
            yield token
        space = _SPACE.match(box, end)
        position = space.end() if space else end


def _token_at(start: int, box: str, *, plain: str, breaks: list[int]) -> Token:
    negated = _NEGATION.match(plain, start) is not None
    first = start + negated
    if plain[first] == '"':
        close = _closing_quote(plain, first + 1)
        if close >= 0:
            phrase = _unescaped(box[first + 1 : close])
            return Token(start, close + 1, "", phrase, negated, quoted=True)
        # A quote that is never closed is ignored.
        end = _end_of_word(first + 1, box, breaks)
        return Token(start, end, "", box[first + 1 : end], negated, quoted=False)
    end = _end_of_word(first, box, breaks)
    colon = plain.find(":", first, end)
    if colon <= first:
        return Token(start, end, "", box[first:end], negated, quoted=False)
    name = box[first:colon]
    if plain[colon + 1 : colon + 2] == '"':
        close = _closing_quote(plain, colon + 2)
        if close >= 0:
            value = _unescaped(box[colon + 2 : close])
            return Token(start, close + 1, name, value, negated, quoted=True)
    return Token(start, end, name, box[colon + 1 : end], negated, quoted=False)


def _end_of_word(start: int, box: str, breaks: list[int]) -> int:
    """A word ends at white space, and before a Chinese quote: 红色“自行车” has no space."""
    index = bisect_left(breaks, start)
    if index < len(breaks) and breaks[index] == start and not box[start].isspace():
        index += 1
    return breaks[index] if index < len(breaks) else len(box)


def _closing_quote(plain: str, start: int) -> int:
    """The position of the next quote without a backslash before it, or -1.

    After a -1, no further quote opens a phrase, so that the whole scan stays linear.
    """
    position = start
    while position < len(plain):
        if plain[position] == "\\" and plain[position + 1 : position + 2] in ('"', "\\"):
            position += 2
            continue
        if plain[position] == '"':
            return position
        position += 1
    return -1


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(r"\1", text) if "\\" in text else text


def escaped(text: str) -> str:
    """``text`` for the inside of quotes."""
    return _SPECIAL.sub(r"\\\g<0>", text)


_SPECIAL = re.compile(rf'["\\{_QUOTES}]')
_ESCAPED = re.compile(rf'\\(["\\{_QUOTES}])')
