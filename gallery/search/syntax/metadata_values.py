"""The values of ``meta.key:value`` that people type."""

from __future__ import annotations

from typing import Any

from gallery.search.filters.metadata import MetadataCondition, Scalar
from gallery.search.filters.metadata_documents import path_of
from gallery.search.syntax.limits import limits_of, number_of


def metadata_condition(key: str, text: str, *, quoted: bool) -> tuple[MetadataCondition]:
    """``*`` is any value. A value in quotes is a text; ``7`` is the number 7 or the text "7"."""
    path = path_of(key)
    if quoted:
        return (MetadataCondition(path=path, any_of=(text,)),)
    text = text.strip()
    if text == "*":
        return (MetadataCondition(path=path, exists=True),)
    if limits := limits_of(text):
        values: dict[str, Any] = {
            name: _limit(limit) for name, limit in limits._asdict().items() if limit
        }
        return (MetadataCondition(path=path, **values),)
    values_of_all = [value for part in text.split(",") for value in _meanings(part.strip())]
    return (MetadataCondition(path=path, any_of=tuple(values_of_all)),)


def _limit(text: str) -> str | float:
    number = number_of(text)
    return text if number is None else number


def _meanings(text: str) -> list[Scalar]:
    number = number_of(text)
    if number is not None:
        return [number, text]
    if text.lower() in ("true", "false"):
        return [text.lower() == "true", text]
    return [text]
