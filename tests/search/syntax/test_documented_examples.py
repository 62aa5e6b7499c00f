"""The examples of docs/search-syntax.md are understood."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings

from gallery.search.syntax import parse

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DOCUMENT = (Path(settings.BASE_DIR) / "docs/search-syntax.md").read_text()


def examples() -> list[str]:
    blocks = re.findall(r"```\n(.*?)```", DOCUMENT, re.DOTALL)
    rows = [line.split("|") for line in DOCUMENT.splitlines() if line.startswith("|")]
    cells = [cell for row in rows for cell in row[1:-2] if len(row) > 4]
    operators = [text for cell in cells for text in re.findall(r"`([^`]+)`", cell)]
    complete = [text for text in operators if re.search(r"[:：].|#", text)]
    return [line for block in blocks for line in block.splitlines()] + complete


def test_the_document_has_examples() -> None:
    assert len(examples()) > 60


@pytest.mark.parametrize("box", examples())
def test_an_example_is_understood(box: str) -> None:
    parsed = parse(box, now=NOW)
    assert parsed.operators
    assert parsed.not_understood == ()


@pytest.mark.parametrize("date", re.findall(r"[\w-]+", DOCUMENT.split("日期还可以写：")[1])[:17])
def test_a_documented_chinese_date_is_understood(date: str) -> None:
    assert parse(f"日期：{date}", now=NOW).not_understood == ()
