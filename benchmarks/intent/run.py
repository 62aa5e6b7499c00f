"""How many written queries are understood exactly.

    python -m benchmarks.intent.run [--held-out] [--failures]

The held-out half is for the figure only: ``--failures`` does not list it.
"""

from __future__ import annotations

import argparse
import os
from collections import defaultdict

import django


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--held-out", action="store_true")
    parser.add_argument("--failures", action="store_true")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "searchsite.settings")
    django.setup()

    from benchmarks.intent.cases import HALVES, difference, read_cases
    from benchmarks.protocol import table

    groups: dict[tuple[str, str], list[bool]] = defaultdict(list)
    half = HALVES[options.held_out]
    for case in read_cases(half):
        wrong = difference(case)
        kind = "plain" if case.is_plain else "with an intent"
        for group in ((case.language, kind), (case.language, "all"), ("en + zh", "all")):
            groups[group].append(not wrong)
        if wrong and options.failures and not options.held_out:
            print(f"{case.query}\n    {wrong}")
    rows = [
        [half, language, kind, str(len(right)), f"{sum(right) / len(right):.3f}"]
        for (language, kind), right in sorted(groups.items())
    ]
    print(table(["half", "language", "queries", "number", "exact"], rows))


if __name__ == "__main__":
    main()
