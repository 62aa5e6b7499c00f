"""What a sentence in the search box asks for: frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from gallery.search.filters import ImageFilter
from gallery.search.query import Order, Term


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

    def source(self, box: str) -> str:
        return " ".join(box[self.start : self.end].strip(" ,，、;；").split())


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
