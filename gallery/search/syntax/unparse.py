"""Writes operators into the text of the search box, for links."""

from __future__ import annotations

from gallery.search.syntax.operators import is_owner_word
from gallery.search.syntax.tokens import cleaned, escaped, scan


def unparse(name: str, value: str) -> str:
    """``name:value``, with quotes where the value needs them, as a user named ``me`` does."""
    value = cleaned(value)
    if name == "owner" and is_owner_word(value):
        return f'{name}:"{value}"'
    plain = value and value[0] not in '"”„＂' and "“" not in value and not value.isspace()
    if plain and not any(character.isspace() for character in value):
        return f"{name}:{value}"
    return f'{name}:"{escaped(value)}"'


def add_operator(box: str, operator: str) -> str:
    """The box with one operator more, such as the result of ``unparse``."""
    box = cleaned(box).strip()
    longer = f"{box} {operator}".strip()
    last = max((token.start for token in scan(longer)), default=0)
    # After a quote that is not closed, the operator would become a part of the phrase.
    return longer if longer[last:] == operator else f"{operator} {box}"
