"""One form of letters and digits, so that rules look up only one: ３, ٣ and 3, ſ and s."""

from __future__ import annotations

import unicodedata

# Regular expressions that ignore case take both for an i.
_OTHER_I = "ıİ"


def folded(text: str) -> str:
    """As long as ``text``, so that positions stay the same. Punctuation is not changed."""
    return text if text.isascii() else "".join(map(_folded, text))


def _folded(letter: str) -> str:
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    if not letter.isalpha():
        return letter
    plain = "i" if letter in _OTHER_I else unicodedata.normalize("NFKC", letter)
    return plain if len(plain) == 1 else letter
