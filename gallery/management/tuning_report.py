"""The kinds of index that a space could have, as tables for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from django.template.defaultfilters import filesizeformat

from gallery.core.query_kind import QueryKind
from gallery.management.columns import aligned
from gallery.operations.index_tuning import MeasuredIndex, PlannedIndex


def planned(plans: Sequence[PlannedIndex]) -> str:
    headings = ("kind", "lists", "memory needed", "memory available")
    rows = [
        (each.kind.value, _lists(each.lists), _size(each.memory), _size(each.available))
        for each in plans
    ]
    return aligned([headings, *rows])


def measured(indexes: Sequence[MeasuredIndex]) -> str:
    """In the order of ``indexes``. Probes and recall are those of queries by text and picture."""
    headings = (
        "kind", "lists", "probes", "recall@10", "time of a search", "size", "time of the build", "",
    )  # fmt: skip
    return aligned([headings, *(_row(each) for each in indexes)])


def _row(index: MeasuredIndex) -> tuple[str, ...]:
    return (
        index.kind.value,
        _lists(index.lists),
        " / ".join(str(index.efforts[kind]) for kind in QueryKind),
        " / ".join(f"{index.recalls[kind].mean:.3f}" for kind in QueryKind),
        f"{index.weighted:.2f} ms",
        _size(index.size),
        f"{index.seconds:.0f} s",
        "in use" if index.in_use else "",
    )


def _lists(lists: int | None) -> str:
    return "-" if lists is None else str(lists)


def _size(size: int) -> str:
    return filesizeformat(size).replace("\xa0", " ")
