"""What a sentence in the search box asks for: frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from gallery.search.filters import ImageFilter
from gallery.search.query import Order, Term

_AROUND = " \xa0\u3000,，、;；"


class Kind(StrEnum):
    """What a part of the sentence does: it filters, leads away, weighs, orders, limits, or is
    politeness that is not searched for.
    """

    FILTER = "filter"
    NEGATIVE = "negative"
    WEIGHT = "weight"
    ORDER = "order"
    LIMIT = "limit"
    FILLER = "filler"


@dataclass(frozen=True, kw_only=True)
class Part:
    """``box[start:end]`` and its meaning.

    ``operator`` is the typed operator that means the same, of a ``FILTER``; ``words`` and
    ``weight`` belong to ``NEGATIVE`` and ``WEIGHT``.
    """

    start: int
    end: int
    kind: Kind
    operator: str = ""
    words: tuple[str, ...] = ()
    weight: float = 0.0
    order: Order | None = None
    limit: int | None = None

    def place(self, box: str) -> tuple[int, int]:
        """The start and the end without the spaces and commas around the words."""
        words = box[self.start : self.end]
        start = self.end - len(words.lstrip(_AROUND))
        return start, start + len(words.strip(_AROUND))

    def source(self, box: str) -> str:
        start, end = self.place(box)
        return " ".join(box[start:end].split())


@dataclass(frozen=True, kw_only=True)
class Intent:
    """``text``, ``phrases``, ``excluded_words`` and ``conditions`` include what was typed as
    operators. ``undone`` are sources of parts that stay text because the person wants it.
    ``reader`` is ``rules``, or the name of the model that read the sentence; ``model_failed`` if
    the rules did it instead of a model.
    """

    box: str
    text: str
    phrases: tuple[str, ...] = ()
    excluded_words: tuple[str, ...] = ()
    terms: tuple[Term, ...] = ()
    conditions: ImageFilter = field(default_factory=ImageFilter)
    order: Order | None = None
    limit: int | None = None
    parts: tuple[Part, ...] = ()
    undone: tuple[str, ...] = ()
    reader: str = "rules"
    model_failed: bool = False
