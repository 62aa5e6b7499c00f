"""The geometry of the plot of recall against latency. A template draws it as SVG."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gallery.core.query_kind import QueryKind
from gallery.models import IndexMeasurement

WIDTH, HEIGHT = 560, 340
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 16, 14, 48
_STEPS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
_MOST_STEPS = 6
# Of the longest time to the shortest, for the choice of the ticks.
_WIDE_SPAN = 1000
_NARROW_SPAN = 8


@dataclass(frozen=True)
class Tick:
    position: str
    label: str


@dataclass(frozen=True)
class Point:
    """``low`` and ``high`` are the ends of the recall's confidence interval on the y axis."""

    x: str
    y: str
    low: str
    high: str
    measurement: IndexMeasurement


@dataclass(frozen=True)
class Curve:
    """The settings of one index for one kind of queries; ``line`` are the points of a polyline.

    ``label`` is the number of its lists, where it has lists.
    """

    query_kind: str
    label: str
    points: tuple[Point, ...]
    line: str


@dataclass(frozen=True)
class RecallPlot:
    """Coordinates are texts, because a template would write numbers in the reader's language."""

    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    curves: tuple[Curve, ...]
    target: str
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    top: int = _TOP
    bottom: int = HEIGHT - _BOTTOM
    middle: int = (WIDTH - _RIGHT + _LEFT) // 2


def recall_plot(measurements: Sequence[IndexMeasurement], *, target: float) -> RecallPlot | None:
    """Latency on a logarithmic x axis, recall on the y axis up to 1; None without measurements."""
    if not measurements:
        return None
    horizontal = _Latency.around(one.milliseconds for one in measurements)
    vertical = _Recall.above(min(target, *(one.recall_low for one in measurements)))
    by_index: dict[tuple[object, ...], list[IndexMeasurement]] = defaultdict(list)
    for one in sorted(measurements, key=_order):
        by_index[one.query_kind, one.index_kind, one.lists].append(one)
    return RecallPlot(
        x_ticks=tuple(Tick(horizontal.at(each), f"{each:g}") for each in horizontal.ticks()),
        y_ticks=tuple(Tick(vertical.at(each), vertical.label(each)) for each in vertical.ticks()),
        curves=tuple(_curve(group, horizontal, vertical) for group in by_index.values()),
        target=vertical.at(target),
    )


@dataclass(frozen=True)
class _Latency:
    low: float
    high: float

    @classmethod
    def around(cls, milliseconds: Iterable[float]) -> _Latency:
        values = [max(value, 0.001) for value in milliseconds]
        return cls(min(values) / 1.3, max(values) * 1.3)

    def at(self, value: float) -> str:
        share = math.log(max(value, 0.001) / self.low) / math.log(self.high / self.low)
        return f"{_LEFT + share * (WIDTH - _RIGHT - _LEFT):.1f}"

    def ticks(self) -> list[float]:
        """1, 2, 5 times powers of ten; only the powers in a wide span, all digits in a narrow."""
        factors: tuple[int, ...] = (1, 2, 5)
        if self.high / self.low > _WIDE_SPAN:
            factors = (1,)
        elif self.high / self.low < _NARROW_SPAN:
            factors = tuple(range(1, 10))
        exponents = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        ticks = [factor * 10.0**exponent for exponent in exponents for factor in factors]
        return [tick for tick in ticks if self.low <= tick <= self.high]


@dataclass(frozen=True)
class _Recall:
    low: float
    step: float

    @classmethod
    def above(cls, lowest: float) -> _Recall:
        """From a round number at or below ``lowest`` up to 1."""
        span = max(1 - max(lowest, 0.0), 0.02)
        step = next(step for step in _STEPS if span / step <= _MOST_STEPS)
        return cls(1 - math.ceil(round(span / step, 6)) * step, step)

    def at(self, value: float) -> str:
        share = (min(max(value, self.low), 1.0) - self.low) / (1 - self.low)
        return f"{HEIGHT - _BOTTOM - share * (HEIGHT - _BOTTOM - _TOP):.1f}"

    def label(self, value: float) -> str:
        return f"{value:.{max(1, -math.floor(math.log10(self.step)))}f}"

    def ticks(self) -> list[float]:
        return [1 - number * self.step for number in range(round((1 - self.low) / self.step) + 1)]


def _order(one: IndexMeasurement) -> tuple[object, ...]:
    """Texts first, as in all tables about an index."""
    return (one.query_kind != QueryKind.TEXT, one.index_kind, one.lists or 0, one.effort)


def _curve(group: Sequence[IndexMeasurement], horizontal: _Latency, vertical: _Recall) -> Curve:
    points = tuple(
        Point(
            x=horizontal.at(one.milliseconds),
            y=vertical.at(one.recall),
            low=vertical.at(one.recall_low),
            high=vertical.at(one.recall_high),
            measurement=one,
        )
        for one in group
    )
    line = " ".join(f"{point.x},{point.y}" for point in points)
    label = str(group[0].lists or "")
    return Curve(query_kind=group[0].query_kind, label=label, points=points, line=line)
