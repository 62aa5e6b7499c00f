"""Compares what the client was answered with what the site has: lost, duplicated, stuck, wrong.

The names I1 to I6 are those of docs/reliability.md.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from tests.faults.stored import SIZES, Row, Stored
from tests.faults.uploads.journal import Expected, Presence, expectations, statuses

_FINAL = {"ready", "failed", "quarantined"}
_NORM_TOLERANCE = 1e-3
# Answers that mean that something was unavailable, not that the program failed.
_UNAVAILABLE = {503, 504, 507}


@dataclass
class Report:
    """``lost``, ``duplicated`` and ``stuck`` break the promise; ``wrong`` is everything else that
    may not be. ``orphans``: files without a row, which a killed upload leaves for some time.
    """

    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not (self.lost or self.duplicated or self.stuck or self.wrong)


def check(entries: Iterable[Mapping[str, Any]], stored: Stored) -> Report:
    entries, report = list(entries), Report()
    rows = defaultdict(list)
    for row in stored.rows:
        rows[row.sha256].append(row)
    for one in expectations(entries).values():
        _check_presence(one, rows[one.sha256], report)
    for row in stored.rows:
        _check_row(row, stored, report)
    _check_copies(stored, report)
    _check_answers(entries, report)
    _find_orphans(stored, report)
    return report


def _check_presence(one: Expected, rows: list[Row], report: Report) -> None:
    """I1 and I3: a picture that was answered with 2xx has a row, always the same."""
    ids = {row.id for row in rows}
    if one.presence == Presence.PRESENT and not ids:
        report.lost.append(f"picture {one.number} ({', '.join(one.ids)}) has no row")
    elif one.presence == Presence.PRESENT and not one.ids & ids:
        report.lost.append(f"picture {one.number} was answered as {one.ids} and is {ids}")
    elif one.presence == Presence.ABSENT and ids:
        report.wrong.append(f"picture {one.number} was deleted or refused and is there: {ids}")
    if len(one.ids) > 1:
        report.duplicated.append(f"picture {one.number} was answered as {one.ids}")


def _check_row(row: Row, stored: Stored, report: Report) -> None:
    if row.state not in _FINAL:
        report.stuck.append(f"{row.id} is {row.state} {row.problem}".strip())
    if row.is_put_off or (row.state in _FINAL and row.is_leased):
        report.stuck.append(f"{row.id} is {row.state}, but leased or put off")  # I6
    if row.state in _FINAL - {"ready"} and not row.problem:
        report.wrong.append(f"{row.id} is {row.state} without a reason")  # I6
    if stored.originals.get(row.original) != row.sha256:
        report.lost.append(f"{row.id}: its original is missing or has other bytes")  # I1
    if row.state == "ready":
        _check_ready(row, stored, report)


def _check_ready(row: Row, stored: Stored, report: Report) -> None:
    """I2, except the search."""
    if missing := set(SIZES) - stored.previews.get(row.id, set()):
        report.wrong.append(f"{row.id} is ready without its previews {missing}")
    if row.vectors > 1:
        report.duplicated.append(f"{row.id} has {row.vectors} vectors")
    if row.norm is None or abs(row.norm - 1) > _NORM_TOLERANCE:
        report.wrong.append(f"{row.id} is ready, and its vector has the norm {row.norm}")


def _check_copies(stored: Stored, report: Report) -> None:
    """I3, also of pictures of which no request is known."""
    rows = Counter(row.sha256 for row in stored.rows)
    report.duplicated += [f"{key} has {count} rows" for key, count in rows.items() if count > 1]


def _check_answers(entries: Iterable[Mapping[str, Any]], report: Report) -> None:
    for status, count in statuses(entries).items():
        if status >= 500 and status not in _UNAVAILABLE:
            report.wrong.append(f"{count} answers with the status {status}")


def _find_orphans(stored: Stored, report: Report) -> None:
    """I4: files of neither an image nor one whose files are still to be removed."""
    known = {row.id for row in stored.rows} | stored.deleted
    files = [name for name in stored.originals if PurePath(name).stem not in known]
    report.orphans = [*files, *(f"previews of {key}" for key in stored.previews.keys() - known)]
