"""The report of an import: its rows that ended with a reason, as CSV and as counts."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from django.db.models import Count

from gallery.models import ImportJob, ImportRow

_HEADER = ("row", "source", "result", "code", "reason")
# Spreadsheets take a cell that begins like this for a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def reasons_of(job: ImportJob) -> dict[str, int]:
    """How many rows ended with each code, the most frequent first."""
    rows = ImportRow.objects.filter(job=job, skipped=True).values("error_code")
    counts = rows.annotate(n=Count("pk")).order_by("-n", "error_code")
    return dict(counts.values_list("error_code", "n"))


def file_name(job: ImportJob) -> str:
    return f"import-{job.pk}.csv"


def lines_of(job: ImportJob) -> Iterator[str]:
    """The lines of a CSV file in UTF-8, in the order of the source."""
    yield "\ufeff" + _line(_HEADER)
    rows = ImportRow.objects.filter(job=job).reported()
    columns = rows.values_list("number", "place", "outcome", "error_code", "error_message")
    for number, *texts in columns.iterator():
        yield _line([str(number), *map(_safe, texts)])


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _line(cells: list[str] | tuple[str, ...]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()
