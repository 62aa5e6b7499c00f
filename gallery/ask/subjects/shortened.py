"""A text for the search box that is no longer than the search allows."""

from __future__ import annotations

from django.utils import timezone

from gallery.search.syntax import parse
from gallery.search.syntax.tokens import cleaned, scan


def shortened(text: str, most: int) -> str:
    """Without its last words, so that it has at most ``most`` characters, but with all operators:
    without them it would mean more pictures."""
    if len(text) <= most:
        return text
    text = cleaned(text)
    operators = {operator.source for operator in parse(text, now=timezone.localtime()).operators}
    tokens = [(text[token.start : token.end], token.quoted) for token in scan(text)]
    room = most - sum(len(source) + 1 for source, _ in tokens if source in operators)
    kept: list[str] = []
    for source, is_quoted in tokens:
        if source in operators:
            kept.append(source)
            continue
        # Half of a phrase would be words and operators.
        if room > 0 and not (is_quoted and len(source) > room):
            kept.append(_first_words(source, room))
        room -= len(source) + 1
    return " ".join(kept)


def _first_words(words: str, most: int) -> str:
    start = words[: most + 1]
    if len(start) <= most:
        return words
    # Chinese has no spaces.
    return start.rpartition(" ")[0].strip() or start[:most]
