"""Recall against latency as an SVG file, readable on light and dark pages."""

from __future__ import annotations

import math
from html import escape

from benchmarks.rivals.measured import Point

_WIDTH, _HEIGHT, _MARGIN = 760, 420, 60
_COLOURS = (
    "#d9480f", "#74c0fc", "#1971c2", "#0b3d6e", "#868e96", "#2f9e44", "#8ce99a", "#9c36b5",
    "#e599f7", "#c2255c", "#f59f00", "#0c8599",
)  # fmt: skip
# Recall is drawn as the share that is missing, on a logarithmic axis: 0.9, 0.99 and 0.999 are
# equally far apart.
_MISSING = (0.5, 0.0005)


def recall_plot(series: dict[str, list[Point]], kind: str = "text") -> str:
    """One line per program for the queries of ``kind``; both axes are logarithmic.

    The first program has larger marks.
    """
    lines = {
        name: sorted((point.recall, point.p50) for point in points if point.query_kind == kind)
        for name, points in series.items()
    }
    times = [ms for points in lines.values() for _, ms in points]
    span = (min(times) / 1.5, max(times) * 1.5)
    parts = [_axes(span, kind)]
    for number, (name, points) in enumerate(line for line in lines.items() if line[1]):
        parts.append(_line(name, points, span, number))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img"'
        f' font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="#fff"/>'
        f"<title>Recall and latency, {escape(kind)} queries</title>{''.join(parts)}</svg>\n"
    )


def _x(ms: float, span: tuple[float, float]) -> float:
    share = math.log(ms / span[0]) / math.log(span[1] / span[0])
    return _MARGIN + share * (_WIDTH - 3 * _MARGIN)


def _y(recall: float) -> float:
    missing = min(max(1 - recall, _MISSING[1]), _MISSING[0])
    share = math.log(_MISSING[0] / missing) / math.log(_MISSING[0] / _MISSING[1])
    return _HEIGHT - _MARGIN - share * (_HEIGHT - 2 * _MARGIN)


def _axes(span: tuple[float, float], kind: str) -> str:
    parts = []
    for recall in (0.5, 0.8, 0.9, 0.95, 0.97, 0.99, 0.999):
        y = _y(recall)
        parts.append(
            f'<path d="M{_MARGIN} {y:.1f}H{_WIDTH - 2 * _MARGIN}" stroke="#ddd"/>'
            f'<text x="{_MARGIN - 6}" y="{y + 4:.1f}" text-anchor="end">{recall:g}</text>'
        )
    power = math.floor(math.log10(span[0]))
    while 10**power <= span[1]:
        for step in (1, 2, 5):
            ms = step * 10**power
            if span[0] <= ms <= span[1]:
                x = _x(ms, span)
                bottom = _HEIGHT - _MARGIN
                parts.append(
                    f'<path d="M{x:.1f} {_MARGIN}V{bottom}" stroke="#eee"/>'
                    f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{ms:g}</text>'
                )
        power += 1
    caption = f"median milliseconds a query; recall@10 upwards; {escape(kind)} queries"
    return "".join(parts) + f'<text x="{_MARGIN}" y="{_HEIGHT - 16}">{caption}</text>'


def _line(
    name: str, points: list[tuple[float, float]], span: tuple[float, float], number: int
) -> str:
    colour = _COLOURS[number % len(_COLOURS)]
    dots = [(_x(ms, span), _y(recall)) for recall, ms in points]
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in dots)
    size = 3 if number else 6
    marks = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size}" fill="{colour}"/>' for x, y in dots
    )
    label_y = _MARGIN + 18 * number
    label = (
        f'<circle cx="{_WIDTH - 2 * _MARGIN + 12}" cy="{label_y - 4}" r="4" fill="{colour}"/>'
        f'<text x="{_WIDTH - 2 * _MARGIN + 22}" y="{label_y}">{escape(name)}</text>'
    )
    return f'<path d="{path}" fill="none" stroke="{colour}"/>{marks}{label}'
