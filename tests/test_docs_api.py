"""Runs the examples of docs/api.md with curl and compares their answers with what it shows."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import PIL.Image
import pytest
from django.contrib.auth.models import User
from knox.models import AuthToken

from gallery.changeover.choose import choose
from gallery.embeddings import spaces
from gallery.management.commands import loaddemo
from tests.builders import make_embedded, make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
TEXT = (Path(__file__).resolve().parent.parent / "docs" / "api.md").read_text()
BLOCKS = [block for block in re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL) if "curl" in block]
# Ends each answer of curl, with its status.
MARK = "\n#status "


def ids(block: str) -> str:
    return re.sub(r"\W+", " ", block.split("/api/v1/")[1])[:40]


@pytest.fixture
def variables(live_server: Any, tmp_path: Path) -> dict[str, str]:
    """The variables of the examples, and the files that they send."""
    owner = make_user("ann")
    owner.set_password("open-sesame-42")
    owner.save()
    files = sorted(loaddemo.FOLDER.glob("*.webp"))[:2]
    for name, file in zip(("boat.jpg", "dog.jpg"), files, strict=True):
        PIL.Image.open(file).convert("RGB").save(tmp_path / name)
    space = choose("builtin")
    vectors = spaces.encoder_of(space).encode_images([PIL.Image.open(file) for file in files])
    boat, other = make_embedded(space, list(vectors), owner=owner, title="A red boat")
    return {
        "SITE": live_server.url,
        "TOKEN": token_of(owner),
        "OLD_TOKEN": token_of(owner),
        "ID": str(boat.pk),
        "OTHER_ID": str(other.pk),
    }


def token_of(user: User) -> str:
    return str(AuthToken.objects.create(user=user)[1])


def answers_of(block: str, variables: dict[str, str], folder: Path) -> list[tuple[int, str]]:
    """Status and body of each curl command."""
    wrapper = f"curl() {{ command curl -w '{MARK}%{{http_code}}\\n' \"$@\"; }}\nset -o pipefail\n"
    shell = subprocess.run(
        ["bash", "-ec", wrapper + block],
        env={**os.environ, **variables},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert shell.returncode == 0, shell.stderr
    answers = re.findall(rf"(.*?){MARK}(\d+)\n", shell.stdout, re.DOTALL)
    return [(int(status), body) for body, status in answers]


def shown_names(block: str) -> set[str]:
    """Names at the first level of the JSON in the comments. It is cut short by "…"."""
    comments = "".join(re.findall(r"^#(.*)", block, re.MULTILINE)).lstrip()
    if not comments.startswith(("{", "200 {", "201 {")):  # a part of the answer
        return set()
    names, depth = set(), 0
    for token in re.findall(r'"\w+":|[{}\[\]]|"[^"]*"', comments):
        depth += (token in "{[") - (token in "}]")
        if depth == 1 and token.endswith('":'):
            names.add(token[1:-2])
    return names


def expected_status(line: str) -> int | None:
    match = re.search(r"#\s*([2-5]\d\d)\b", line)
    return int(match[1]) if match else None


@pytest.mark.parametrize("block", BLOCKS, ids=ids)
def test_an_example_runs_as_it_stands(
    block: str, variables: dict[str, str], tmp_path: Path
) -> None:
    answers = answers_of(block, variables, tmp_path)
    is_error = "limit=0" in block
    assert len(answers) == len(re.findall(r"\bcurl ", block))
    for status, body in answers:
        assert (status == 400) if is_error else (200 <= status < 300), body
    if names := shown_names(block):
        assert any(names <= set(json.loads(body)) for _, body in answers if body), names
    if (status_shown := expected_status(block)) is not None:
        assert status_shown in [status for status, _ in answers]


def test_the_error_is_the_one_shown(variables: dict[str, str], tmp_path: Path) -> None:
    block, shown = re.findall(r"```sh\n([^`]*)```\n\n```json\n(.*?)```", TEXT, re.DOTALL)[0]
    [(status, body)] = answers_of(block, variables, tmp_path)
    assert (status, json.loads(body)) == (400, json.loads(shown))
