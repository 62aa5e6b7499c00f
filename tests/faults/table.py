"""The result of a run as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.faults.uploads.journal import NO_ANSWER

if TYPE_CHECKING:
    from tests.faults.campaign import Campaign, Outcome

_MOST_LINES = 20


def summary(outcome: Outcome, campaign: Campaign) -> str:
    report, states = outcome.report, outcome.stored.states()
    rest = "not within ten minutes" if outcome.rest is None else f"{outcome.rest:.1f} s"
    rows = {
        "seed": campaign.seed,
        "pictures uploaded": campaign.uploads,
        "faults": outcome.faults.total(),
        "kinds of faults": len(outcome.faults),
        "**lost**": len(report.lost),
        "**duplicated**": len(report.duplicated),
        "**stuck**": len(report.stuck),
        "otherwise wrong": len(report.wrong),
        "finished after the last fault": rest,
        "rows: ready": states["ready"],
        "rows: failed, with a reason": states["failed"],
        "rows: quarantined, with a reason": states["quarantined"],
        "pictures searched with themselves": outcome.searched,
        "files without a row": len(report.orphans),
        "requests without an answer": outcome.statuses[NO_ANSWER],
        "answers": _counted(outcome.statuses),
        "minutes": f"{outcome.seconds / 60:.1f}",
    }
    lines = ["| | |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in rows.items())]
    lines += ["", "| fault | times |", "| --- | --- |"]
    lines += [f"| {kind} | {count} |" for kind, count in sorted(outcome.faults.items())]
    for name in ("lost", "duplicated", "stuck", "wrong"):
        problems = getattr(report, name)
        lines += [f"\n{name}:", *problems[:_MOST_LINES]] if problems else []
    return "\n".join(lines) + "\n"


def _counted(statuses: dict[int, int]) -> str:
    answered = sorted(status for status in statuses if status != NO_ANSWER)
    return ", ".join(f"{status}: {statuses[status]}" for status in answered)
