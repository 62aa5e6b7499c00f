"""Runs docs/api.md on a new site, one example after the other, and compares what it shows."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local.site import ROOT, Site, running_site

pytestmark = pytest.mark.slow
TEXT = (ROOT / "docs" / "api.md").read_text()
BLOCKS = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)
LOCAL_SITE = "http://127.0.0.1:8000"
# Writes the answer of each command and its status to files, named after the block and in order.
RECORDING_CURL = r"""
curl() {
    local answer
    answer=$(mktemp "$ANSWERS/$(date +%s%N)-$BLOCK-XXXX")
    command curl -o "$answer" -w '%{http_code}' "$@" > "$answer.status"
    cat "$answer"
}
"""
Answers = list[list[tuple[int, str]]]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site() as site:
        yield site


def folder_of_searchsite(folder: Path) -> Path:
    """A folder with what the examples use. They write other files into it."""
    for name in ("bin", "gallery", "README.md"):
        (folder / name).symlink_to(ROOT / name)
    return folder


@pytest.fixture(scope="module")
def answers(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Answers:
    """Status and body of each curl command, by block."""
    folder = tmp_path_factory.mktemp("answers")
    searchsite = folder_of_searchsite(tmp_path_factory.mktemp("searchsite"))
    script = "".join(f"BLOCK={number}\n{block}" for number, block in enumerate(BLOCKS))
    assert LOCAL_SITE in script
    shell = subprocess.run(
        ["bash", "-ec", RECORDING_CURL + script.replace(LOCAL_SITE, site.url)],
        env={**site.environment, "ANSWERS": str(folder), "PATH": os.environ["PATH"]},
        cwd=searchsite,
        capture_output=True,
        encoding="utf-8",
        errors="replace",  # one example downloads a picture
        timeout=300,
    )
    assert shell.returncode == 0, shell.stderr
    recorded: Answers = [[] for _ in BLOCKS]
    for file in sorted(folder.glob("*.status"), key=lambda file: file.name):
        number = int(file.name.split("-")[1])
        body = file.with_suffix("")
        recorded[number].append((int(file.read_text()), body.read_text(errors="replace")))
    return recorded


def examples() -> list[tuple[int, str]]:
    return [(number, block) for number, block in enumerate(BLOCKS) if "curl " in block]


def name_of(value: object) -> str:
    path = str(value).split("/api/v1/")
    return re.sub(r"\W+", " ", path[1])[:40] if len(path) > 1 else str(value)


def shown_names(block: str) -> set[str]:
    """Names at the first level of the JSON in the comments. It is cut short by "…"."""
    comments = "".join(re.findall(r"^#(.*)", block, re.MULTILINE)).lstrip()
    if not comments.startswith(("{", "200 {", "201 {", "207 {")):  # a part of the answer
        return set()
    names, depth = set(), 0
    for token in re.findall(r'"\w+":|[{}\[\]]|"[^"]*"', comments):
        depth += (token in "{[") - (token in "}]")
        if depth == 1 and token.endswith('":'):
            names.add(token[1:-2])
    return names


def shown_statuses(block: str) -> set[int]:
    """200 where none is shown."""
    shown = {int(status) for status in re.findall(r"#\s*([2-5]\d\d)\b", block)}
    return shown or {200}


@pytest.mark.parametrize(("number", "block"), examples(), ids=name_of)
def test_an_example_runs_as_it_stands(number: int, block: str, answers: Answers) -> None:
    assert len(answers[number]) >= len(re.findall(r"\bcurl ", block))
    if names := shown_names(block):
        assert any(names <= set(json.loads(body)) for _, body in answers[number] if body), names


@pytest.mark.parametrize(("number", "block"), examples(), ids=name_of)
def test_the_statuses_are_those_shown(number: int, block: str, answers: Answers) -> None:
    statuses = {status for status, _ in answers[number]}
    shown = shown_statuses(block)
    assert [answer for answer in answers[number] if answer[0] not in shown | {200}] == []
    assert shown <= statuses


def test_the_error_is_the_one_shown(answers: Answers) -> None:
    block, shown = re.findall(r"```sh\n([^`]*)```\n\n```json\n(.*?)```", TEXT, re.DOTALL)[0]
    [(status, body)] = answers[BLOCKS.index(block)]
    assert (status, json.loads(body)) == (400, json.loads(shown))
