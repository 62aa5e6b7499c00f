from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from gallery.search.syntax import parse

SHANGHAI = ZoneInfo("Asia/Shanghai")
# A Saturday.
NOW = datetime(2026, 11, 21, 2, tzinfo=SHANGHAI)


def span(box: str, now: datetime = NOW) -> tuple[str, str]:
    """The days of the span; the second one is excluded."""
    conditions = parse(box, now=now).conditions
    moments = (conditions.dated_after, conditions.dated_before)
    assert all(moment is None or moment.tzinfo is SHANGHAI for moment in moments)
    first, last = (moment.strftime("%Y-%m-%d") if moment else "" for moment in moments)
    return first, last


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("summer-2023", ("2023-12-01", "2024-03-01")),
        ("winter-2023", ("2023-06-01", "2023-09-01")),
        ("2023年春天", ("2023-09-01", "2023-12-01")),
        ("june-2023", ("2023-06-01", "2023-07-01")),
    ],
)
def test_seasons_of_a_site_in_the_south(
    value: str, expected: tuple[str, str], gallery_setting: Any
) -> None:
    gallery_setting(southern_seasons=True)
    assert span(f"date:{value}") == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2023", ("2023-01-01", "2024-01-01")),
        ("2023-06", ("2023-06-01", "2023-07-01")),
        ("2024/2/29", ("2024-02-29", "2024-03-01")),
        ("2023年6月", ("2023-06-01", "2023-07-01")),
        ("2023年6月5日", ("2023-06-05", "2023-06-06")),
        ("2024-06..2024-08", ("2024-06-01", "2024-09-01")),
        ("..2024", ("", "2025-01-01")),
        ("2024-05..", ("2024-05-01", "")),
        (">2024", ("2025-01-01", "")),
        ("<=2024-06-30", ("", "2024-07-01")),
        ("today", ("2026-11-21", "2026-11-22")),
        ("昨天", ("2026-11-20", "2026-11-21")),
        ("前天", ("2026-11-19", "2026-11-20")),
        ("last-week", ("2026-11-09", "2026-11-16")),
        ("上周", ("2026-11-09", "2026-11-16")),
        ('"this week"', ("2026-11-16", "2026-11-23")),
        ('"last weekend"', ("2026-11-14", "2026-11-16")),
        ('"last month"', ("2026-10-01", "2026-11-01")),
        ("上个月", ("2026-10-01", "2026-11-01")),
        ('"Last  Year"', ("2025-01-01", "2026-01-01")),
        ("去年", ("2025-01-01", "2026-01-01")),
        ('"last 7 days"', ("2026-11-15", "2026-11-22")),
        ("最近7天", ("2026-11-15", "2026-11-22")),
        ('"last summer"', ("2026-06-01", "2026-09-01")),
        ("last_winter", ("2025-12-01", "2026-03-01")),
        ("autumn", ("2026-09-01", "2026-12-01")),
        ('"last fall"', ("2025-09-01", "2025-12-01")),
        ('"summer 2023"', ("2023-06-01", "2023-09-01")),
        ("december", ("2025-12-01", "2026-01-01")),
        ('"this december"', ("2026-12-01", "2027-01-01")),
        ("june-2023", ("2023-06-01", "2023-07-01")),
        ("去年夏天", ("2025-06-01", "2025-09-01")),
        ("2023年的冬天", ("2023-12-01", "2024-03-01")),
        ("去年6月", ("2025-06-01", "2025-07-01")),
        ("夏天", ("2026-06-01", "2026-09-01")),
    ],
)
def test_dates_and_periods_become_spans(value: str, expected: tuple[str, str]) -> None:
    assert span(f"date:{value}") == expected


def test_last_summer_has_to_be_over() -> None:
    july = datetime(2026, 7, 1, tzinfo=SHANGHAI)
    assert span('date:"last summer"', july) == ("2025-06-01", "2025-09-01")
    assert span("date:summer", july) == ("2026-06-01", "2026-09-01")


def test_after_includes_and_before_excludes_the_day() -> None:
    assert span("after:2024-06 before:2025") == ("2024-06-01", "2025-01-01")
    assert span("晚于：去年 早于：今年") == ("2025-01-01", "2026-01-01")


def test_taken_and_uploaded_are_spans_of_their_own() -> None:
    conditions = parse("taken:2024 uploaded:today", now=NOW).conditions
    assert conditions.taken_after == datetime(2024, 1, 1, tzinfo=SHANGHAI)
    assert conditions.created_before == datetime(2026, 11, 22, tzinfo=SHANGHAI)
    assert conditions.dated_after is None


@pytest.mark.parametrize(
    "value",
    [
        "0000",
        "2023-02-30",
        "9999-12",
        "tomorrow",
        '"last 9999 years"',
        "夏",
        "32月",
        "..",
        '"last 7 moons"',
    ],
)
def test_other_texts_are_not_dates(value: str) -> None:
    parsed = parse(f"date:{value}", now=NOW)
    assert bool(parsed.operators) == (value == "夏")


@pytest.mark.parametrize("value", ["2024-06..2023", "2024-06..2024-05-31"])
def test_a_range_does_not_end_before_it_begins(value: str) -> None:
    [problem] = parse(f"date:{value}", now=NOW).not_understood
    assert problem.endswith("the range ends before it begins")
