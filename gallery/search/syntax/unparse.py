"""Writes operators into the text of the search box, for links."""

from __future__ import annotations

from gallery.search.syntax.operators import SELF
from gallery.search.syntax.tokens import cleaned, escaped, scan


def unparse(name: str, value: str) -> str:
    """``name:value``, with quotes where the value needs them: also for a user named ``me``."""
    value = cleaned(value)
    if name == "owner" and value.lower() in SELF:
        return f'{name}:"{value}"'
    plain = value and value[0] not in '"”„＂' and "“" not in value and not value.isspace()
    if plain and not any(character.isspace() for character in value):
        return f"{name}:{value}"
    return f'{name}:"{escaped(value)}"'


def add_operator(box: str, name: str, value: str) -> str:
    """The box with one operator more."""
    box, operator = cleaned(box).strip(), unparse(name, value)
    longer = f"{box} {operator}".strip()
    last = max((token.start for token in scan(longer)), default=0)
    # After a quote that is not closed, the operator would become a part of the phrase.
    return longer if longer[last:] == operator else f"{operator} {box}"
