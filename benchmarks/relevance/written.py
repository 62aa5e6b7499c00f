"""The written queries: their text, language and kind, and the pictures that answer them.

A grade is 3 for a picture that shows what was asked for, 2 for one that shows it in the background,
1 for one that shows something similar or a part of it. The grades come from what the pictures show
(tools/demo/recipes.py and the pictures themselves), never from an encoder. A picture's key is the
number at the beginning of its file's name.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).parent
NONSENSE = "nonsense"
KEY_DIGITS = 3


@dataclass(frozen=True)
class WrittenQuery:
    """``grades`` is empty for a query that no picture answers."""

    text: str
    language: str
    kind: str
    grades: Mapping[str, int] = field(default_factory=dict)


def graded() -> list[WrittenQuery]:
    with (FOLDER / "queries.csv").open(encoding="utf-8", newline="") as file:
        return [
            WrittenQuery(row["query"], row["language"], row["kind"], _grades(row["relevant"]))
            for row in csv.DictReader(file)
        ]


def unknown() -> list[WrittenQuery]:
    """Meaningless texts, and texts about what the gallery does not show.

    None of them is a background query of ``gallery/search/calibration``.
    """
    with (FOLDER / "unknown_queries.csv").open(encoding="utf-8", newline="") as file:
        return [
            WrittenQuery(row["query"], row["language"], row["kind"]) for row in csv.DictReader(file)
        ]


def _grades(text: str) -> dict[str, int]:
    pairs = (pair.split(":") for pair in text.split())
    return {key: int(grade) for key, grade in pairs}
