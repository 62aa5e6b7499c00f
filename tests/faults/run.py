"""python -m tests.faults.run: uploads under faults on a site of its own, and what is left of them.

The same seed gives the same pictures and the same order of faults, not the same interleaving.
"""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path
from random import Random

from tests.faults.campaign import Campaign, schedule, target_site
from tests.faults.kinds import possible
from tests.faults.table import summary

_MEGABYTES_PER_UPLOAD = 0.05


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--uploads", type=int, default=1000)
    parser.add_argument("--faults", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--searches", type=int, default=200, help="pictures searched afterwards")
    parser.add_argument("--kinds", default="", help="parts of names of kinds, comma-separated")
    parser.add_argument("--longest", type=float, default=8.0, help="seconds of the longest fault")
    parser.add_argument("--out", type=Path, default=Path("faults.md"), help="the table")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # stops the site too
    journal = arguments.out.with_suffix(".journal")
    journal.unlink(missing_ok=True)
    megabytes = 64 + int(arguments.uploads * _MEGABYTES_PER_UPLOAD)
    with target_site(arguments.seed, megabytes) as target:
        parts = arguments.kinds.split(",")
        kinds = [name for name in possible(target) if any(part in name for part in parts)]
        faults = schedule(kinds, arguments.faults, Random(arguments.seed))
        campaign = Campaign(
            target, arguments.seed, arguments.uploads, journal, arguments.longest, _say
        )
        try:
            outcome = campaign.run(faults, arguments.searches)
        except Exception:
            _keep_logs(target.site.var / "log", arguments.out)
            raise
        text = summary(outcome, campaign)
        arguments.out.write_text(text)
        _say(text)
        if not outcome.is_good:
            _keep_logs(target.site.var / "log", arguments.out)
    return 0 if outcome.is_good else 1


def _keep_logs(logs: Path, out: Path) -> None:
    folder = out.with_suffix(".logs")
    folder.mkdir(exist_ok=True)
    for log in logs.iterdir():
        (folder / log.name).write_bytes(log.read_bytes())
    _say(f"The logs are in {folder}")


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
