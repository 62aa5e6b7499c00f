"""The dominant colour: distances in CIELAB, and names of colours in English and Chinese."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, Q, Value
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_noop

from gallery.core.errors import InvalidInput
from gallery.media.lab import Lab, lab_of
from gallery.search.filters import checks

# CIE76, the Euclidean distance in CIELAB: 2.3 is just noticeable (Mahy et al. 1994), and black
# and white are 100 apart.
DEFAULT_TOLERANCE = 20.0
MAX_TOLERANCE = 300.0

# A name is a region of CIELAB around its samples: the median colour that people gave this name in
# the XKCD colour survey (R. Munroe 2010), and lighter, darker and paler variants of it.
NAMED: dict[str, tuple[str, ...]] = {
    "red": ("#e50000", "#bb1d22", "#8c000f"),
    "orange": ("#f97306", "#fba04b"),
    "yellow": ("#ffff14", "#f8d83e", "#ffe67b"),
    "green": ("#15b01a", "#6da96a", "#1e6b2a", "#9fd58a"),
    "turquoise": ("#06c2ac", "#5fd0c8", "#0a7f86"),
    "blue": ("#0343df", "#2c72eb", "#24469f", "#7fb2ee", "#16264d"),
    "purple": ("#7e1e9c", "#7e53b8", "#4b2a7b", "#b08fe0"),
    "pink": ("#ff81c0", "#ea6f9f", "#ffb7ce"),
    "brown": ("#653700", "#8c5737", "#b0804f"),
    "black": ("#000000", "#1c1c1c"),
    "grey": ("#929591", "#606060", "#bcbcbc"),
    "white": ("#ffffff", "#f0f0f0"),
}
_ALIASES = {
    "gray": "grey", "violet": "purple", "teal": "turquoise", "cyan": "turquoise",
    "红": "red", "橙": "orange", "橘": "orange", "黄": "yellow", "绿": "green", "青": "turquoise",
    "蓝": "blue", "紫": "purple", "粉": "pink", "粉红": "pink", "棕": "brown", "褐": "brown",
    "咖啡": "brown", "黑": "black", "灰": "grey", "白": "white",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Colour:
    """Colours within ``tolerance`` (CIE76) of at least one sample, such as ``#ff8800``."""

    samples: tuple[str, ...]
    tolerance: float = DEFAULT_TOLERANCE

    def __post_init__(self) -> None:
        checks.number("colour_tolerance", self.tolerance, low=0, high=MAX_TOLERANCE)
        checks.count("colour", self.samples)
        for sample in self.samples:
            try:
                lab_of(sample)
            except (ValueError, TypeError):
                raise InvalidInput(_UNKNOWN, field="colour") from None


_UNKNOWN = gettext_noop("A colour is #rrggbb or a name such as red.")


def colour_of(text: str, *, tolerance: float = DEFAULT_TOLERANCE) -> Colour:
    """The colour ``#rrggbb`` or with a name in English or Chinese; ``InvalidInput`` for others."""
    name = text.strip().lower()
    if not name.startswith("#"):
        chinese = name.removesuffix("色")
        name = _ALIASES.get(name, _ALIASES.get(chinese, name))
        return Colour(samples=NAMED.get(name, (name,)), tolerance=tolerance)
    return Colour(samples=(name,), tolerance=tolerance)


def coloured(colour: Colour) -> Q:
    condition = Q()
    for sample in colour.samples:
        condition |= _within(lab_of(sample), colour.tolerance)
    return condition


def _within(centre: Lab, tolerance: float) -> Q:
    """The cube around the circle comes first: PostgreSQL compares faster than it multiplies."""
    cube = Q()
    squares = []
    for axis, value in zip(Lab._fields, centre, strict=True):
        cube &= Q(**{f"{axis}__gte": value - tolerance, f"{axis}__lte": value + tolerance})
        difference = F(axis) - Value(value)
        squares.append(difference * difference)
    return cube & Q(LessThanOrEqual(squares[0] + squares[1] + squares[2], tolerance**2))
