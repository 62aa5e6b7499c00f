"""The written queries, in a gallery with fixed names at a fixed moment."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from gallery.search.intent import Intent, understand
from gallery.search.syntax import parse

HALVES = ("development", "held_out")
# A Wednesday.
NOW = datetime(2026, 5, 20, 12, tzinfo=ZoneInfo("Europe/Berlin"))
_OWNERS = ("lena", "ann", "bob", "小红", "may")
_TAGS = (
    "beach",
    "海滩",
    "drawing",
    "绘画",
    "cat",
    "猫",
    "holiday",
    "假期",
    "golden retriever",
    "金毛",
)
_CAMERAS = ("Canon EOS R5", "FUJIFILM X100V", "iPhone 13 Pro", "NIKON D750", "SONY ILCE-7M3")


class FixedNames:
    """The person is ``lena``, and may see pictures with all of these names."""

    is_somebody = True

    def owners(self, names: Collection[str]) -> dict[str, str]:
        lower = {name.lower() for name in names}
        return {name.lower(): name for name in _OWNERS if name.lower() in lower}

    def tags(self, names: Collection[str]) -> dict[str, str]:
        lower = {name.lower() for name in names}
        return {name.lower(): name for name in _TAGS if name.lower() in lower}

    def has_camera(self, name: str) -> bool:
        pattern = re.compile(rf"\b{re.escape(name)}", re.IGNORECASE)
        return any(map(pattern.search, _CAMERAS))


@dataclass(frozen=True, kw_only=True)
class Case:
    """``filters`` are typed operators that mean the same."""

    query: str
    language: str
    text: str
    filters: str = ""
    phrases: list[str] = field(default_factory=list)
    negatives: list[str] = field(default_factory=list)
    weights: dict[str, float] = field(default_factory=dict)
    excluded_words: list[str] = field(default_factory=list)
    order: str | None = None
    limit: int | None = None

    @property
    def is_plain(self) -> bool:
        """Whether the query means what it says, and nothing else."""
        return self == Case(query=self.query, language=self.language, text=self.query)


def read_cases(half: str) -> list[Case]:
    rows = json.loads(Path(__file__).with_name(f"{half}.json").read_text("utf-8"))
    return [Case(**row) for row in rows]


def difference(case: Case) -> str:
    """Empty if the query is understood exactly."""
    intent = understand(case.query, now=NOW, names=FixedNames())
    expected = {
        "text": case.text,
        "conditions": parse(case.filters, now=NOW).conditions,
        "phrases": case.phrases,
        "excluded_words": case.excluded_words,
        "negatives": case.negatives,
        "weights": case.weights,
        "order": case.order,
        "limit": case.limit,
    }
    actual = _structure(intent)
    wrong = [name for name in expected if expected[name] != actual[name]]
    operators = " ".join(part.operator for part in intent.parts)
    return "; ".join(
        f"{name}: {operators if name == 'conditions' else actual[name]!r}" for name in wrong
    )


def _structure(intent: Intent) -> dict[str, object]:
    return {
        "text": intent.text,
        "conditions": intent.conditions,
        "phrases": list(intent.phrases),
        "excluded_words": list(intent.excluded_words),
        "negatives": [term.text for term in intent.terms if term.weight < 0],
        "weights": {term.text: term.weight for term in intent.terms if term.weight > 0},
        "order": intent.order and intent.order.value,
        "limit": intent.limit,
    }
