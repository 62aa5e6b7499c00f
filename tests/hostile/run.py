"""Attacks a site of its own: ``nice -n 19 python -m tests.hostile.run --count 5000 --out FILE``.

The outcomes are appended to FILE, one JSON object a line; a run that was stopped continues with the
files that are not in it. At the end, or with ``--table``, it prints the table of
``docs/security.md``.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from tests.hostile.attack import Attack, Outcome
from tests.hostile.corpus import hostile_file
from tests.local.site import Site, new_site

_AT_ONCE = 100
# Seconds for the ends of so many files: at low priority, a busy machine needs minutes.
_PATIENCE = 3600.0
_WORKERS = ("-Q derive", "-Q embed")
Site.start_seconds = 1200.0


def main() -> int:
    arguments = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the site is stopped too
    known = _read(arguments.out)
    done = {outcome.number for outcome in known}
    missing = [number for number in range(arguments.count) if number not in done]
    if missing and not arguments.table:
        with new_site() as site:
            _attack(site, missing, arguments.out)
        known = _read(arguments.out)
    print(table(known))
    bad = [outcome for outcome in known if not outcome.is_explained]
    for outcome in bad:
        print(outcome)
    return int(bool(bad))


def table(outcomes: Iterable[Outcome]) -> str:
    """The ends of the files by kind of damage, as Markdown."""
    counts = {kind: Counter[str]() for kind in sorted({outcome.kind for outcome in outcomes})}
    total: Counter[str] = Counter()
    for outcome in outcomes:
        row = Counter({"files": 1, outcome.result: 1})
        row["5xx"] = outcome.status >= 500
        row["without a reason"] = not outcome.is_explained
        counts[outcome.kind] += row
        total += row
    columns = ["files", "refused", "failed", "quarantined", "ready", "5xx", "without a reason"]
    lines = [["damage", *columns], ["---", *["---:"] * len(columns)]]
    for kind, row in (*counts.items(), ("**all**", total)):
        lines.append([kind.replace("_", " "), *(f"{row[column]:,}" for column in columns)])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _attack(site: Site, numbers: Sequence[int], out: Path) -> None:
    attack = Attack(site, site.manage("apitoken", "admin").strip())
    workers = _pids(site)
    for start in range(0, len(numbers), _AT_ONCE):
        part = numbers[start : start + _AT_ONCE]
        outcomes = attack.outcomes([hostile_file(number) for number in part], seconds=_PATIENCE)
        with out.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(asdict(outcome)) + "\n" for outcome in outcomes)
        print(f"{start + len(part)} of {len(numbers)}", file=sys.stderr, flush=True)
        if attack.damaged_good or _pids(site) != workers or not site.is_healthy():
            print(f"good files: {attack.damaged_good}, workers: {_pids(site)}, before: {workers}")
    print(f"{attack.good} good files in between, harmed: {len(attack.damaged_good)}")


def _pids(site: Site) -> list[int]:
    return [pid for text in _WORKERS for pid in site.children(text)]


def _read(path: Path) -> list[Outcome]:
    if not path.exists():
        return []
    return [Outcome(**json.loads(line)) for line in path.read_text().splitlines()]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--table", action="store_true", help="attack nothing, print the table")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
