"""The written queries of the benchmark, and searches that must stay as they are."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import pytest

from benchmarks.intent.cases import HALVES, NOW, FixedNames, difference, read_cases
from gallery.search.intent import understand

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(("half", "goal"), [("development", 0.98), ("held_out", 0.85)])
def test_rules_understand_written_queries(half: str, goal: float) -> None:
    cases = read_cases(half)
    right = sum(not difference(case) for case in cases)
    assert right / len(cases) >= goal


@pytest.mark.parametrize("half", HALVES)
def test_plain_queries_stay_as_they_are(half: str) -> None:
    plain = [case for case in read_cases(half) if case.is_plain]
    assert len(plain) >= 40
    assert all(not difference(case) for case in plain)


def test_halves_are_split_by_a_hash() -> None:
    for number, half in enumerate(HALVES):
        for case in read_cases(half):
            assert hashlib.sha256(case.query.encode()).digest()[0] % 2 == number


def test_searches_for_subjects_are_not_rewritten() -> None:
    """Those of another benchmark, and the captions of the demo gallery."""
    with (ROOT / "benchmarks/relevance/queries.csv").open(encoding="utf-8") as file:
        # The words of a file name end with its format.
        rows = [row for row in csv.DictReader(file) if not row["query"].endswith("webp")]
    texts = [row["query"] for row in rows]
    demo = json.loads((ROOT / "gallery/demo/captions.json").read_text("utf-8"))
    texts += [row[name] for row in demo for name in row if name.startswith(("title", "caption"))]
    assert len(texts) > 500
    rewritten = [
        text for text in texts if understand(text, now=NOW, names=FixedNames()).text != text
    ]
    assert rewritten == []
