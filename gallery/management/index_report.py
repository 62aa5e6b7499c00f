"""The status of a vector index, as lines for a terminal and as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.timesince import timesince
from django.utils.timezone import localtime

from gallery.management.columns import aligned
from gallery.models import IndexBuild, IndexMeasurement
from gallery.operations.index_status import IndexStatus
from gallery.operations.next_index_work import next_work

_HEADINGS = ("query", "probes", "recall@10", "95 % interval", "median", "queries", "measured")


def lines(status: IndexStatus) -> list[str]:
    coverage = status.coverage
    report = [
        f"space:      {status.space.pk}, {status.space}, {status.space.state}",
        f"vectors:    {status.rows} of {status.width} numbers; {coverage.embedded} of"
        f" {coverage.total} searchable pictures ({coverage.percent} %)",
        f"index:      {_index(status)}",
        f"next work:  {next_work(status.due)}",
        f"pgvector:   {status.pgvector}",
        *(f"warning:    {warning}" for warning in status.warnings),
    ]
    if status.index and not status.index.is_worthwhile:
        report.append("in use:     no, comparing every vector takes about as long")
    if status.progress:
        percent = "" if status.progress.percent is None else f" ({status.progress.percent} %)"
        report.append(f"building:   {status.progress.phase}{percent}")
    if status.space.problem:
        report.append(f"problem:    {status.space.problem}")
    if status.index:
        rows = [_row(kind.value, effort, status.chosen.get(kind))
                for kind, effort in status.efforts.items()]  # fmt: skip
        report += ["", aligned([_HEADINGS, *rows])]
    return report


def as_json(status: IndexStatus) -> dict[str, Any]:
    """Times are ISO 8601, ``size`` is in bytes and times of queries are in milliseconds."""
    index = status.index
    return {
        "space": status.space.pk,
        "encoder": status.space.encoder,
        "state": str(status.space.state),
        "rows": status.rows,
        "width": status.width,
        "images": status.coverage.total,
        "embedded": status.coverage.embedded,
        "due": status.due,
        "problem": status.space.problem or None,
        "pgvector": status.pgvector,
        "warnings": status.warnings,
        "building": status.progress and vars(status.progress),
        "index": index and _index_json(index, status.size),
        "in_use": {kind.value: _measurement(one) for kind, one in status.chosen.items()},
        "measurements": [_measurement(one) for one in status.measurements],
    }


def _index(status: IndexStatus) -> str:
    index = status.index
    if index is None:
        return "none, searches compare every vector"
    lists = f", {index.lists} lists" if index.lists else ""
    size = filesizeformat(status.size).replace("\xa0", " ")
    age = timesince(index.built_at).replace("\xa0", " ")
    return (
        f"{index.name}, {index.kind}{lists}, {size}, built {_time(index.built_at)} ({age} ago)"
        f" from {index.rows} vectors"
    )


def _row(query: str, effort: int, measured: IndexMeasurement | None) -> tuple[str, ...]:
    if measured is None:
        return (query, str(effort), "-", "-", "-", "-", "not yet")
    return (
        query,
        str(effort),
        f"{measured.recall:.3f}",
        f"{measured.recall_low:.3f} to {measured.recall_high:.3f}",
        f"{measured.milliseconds:.2f} ms",
        f"{measured.queries} {measured.source}",
        _time(measured.measured_at),
    )


def _time(moment: datetime) -> str:
    return f"{localtime(moment):%Y-%m-%d %H:%M}"


def _index_json(index: IndexBuild, size: int) -> dict[str, Any]:
    return {
        "name": index.name,
        "kind": index.kind,
        "lists": index.lists,
        "text_effort": index.text_effort,
        "picture_effort": index.picture_effort,
        "rows": index.rows,
        "exact_rows": index.exact_rows,
        "is_worthwhile": index.is_worthwhile,
        "size": size,
        "built_at": index.built_at.isoformat(),
        "calibrated_at": index.calibrated_at and index.calibrated_at.isoformat(),
    }


def _measurement(one: IndexMeasurement) -> dict[str, Any]:
    names = ("query_kind", "index_kind", "lists", "effort", "rows", "queries", "source", "recall",
             "recall_low", "recall_high", "milliseconds", "chosen")  # fmt: skip
    values = {name: getattr(one, name) for name in names}
    return {**values, "measured_at": one.measured_at.isoformat()}
