from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import PIL.Image
import pytest
from django.core.management import CommandError, call_command

from gallery.models import EmbeddingSpace


@pytest.fixture
def captioned(tmp_path: Path) -> Path:
    folder = tmp_path / "captioned"
    folder.mkdir()
    rows = ["file,caption_en,caption_zh"]
    for number, colour in enumerate(("red", "green", "blue")):
        PIL.Image.new("RGB", (32, 32), colour).save(folder / f"{number}.png")
        rows.append(f"{number}.png,{colour} picture {number},图{number}")
    (folder / "captions.csv").write_text("\n".join(rows), encoding="utf-8")
    return folder


def command(*arguments: Any) -> str:
    out = io.StringIO()
    call_command("evaluate", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_a_table_shows_both_directions_per_language(captioned: Path) -> None:
    told = command(captioned, "--encoder", "one")
    rows = [line.split("|")[1:3] for line in told.splitlines() if line.startswith("|")][2:]
    assert [tuple(cell.strip() for cell in row) for row in rows] == [
        (direction, language)
        for language in ("en", "zh", "all")
        for direction in ("text → image", "image → text")
    ]
    for words in ("encoder:     one", "R@1", "R@5", "R@10", "median rank", "MRR", "per second"):
        assert words in told


def test_json_alone_can_be_read_by_a_program(captioned: Path) -> None:
    said = json.loads(command(captioned, "--encoder", "one", "--json", "-"))
    assert (said["encoder"], said["pictures"]) == ("one", 3)
    assert said["captions"] == {"en": 3, "zh": 3, "all": 6}
    assert len(said["results"]) == 6
    assert set(said["results"][0]) == {
        "direction", "language", "queries", "candidates", "recall_at_1", "recall_at_5",
        "recall_at_10", "median_rank", "mean_reciprocal_rank",
    }  # fmt: skip


def test_json_goes_to_a_file_beside_the_table(captioned: Path, tmp_path: Path) -> None:
    told = command(captioned, "--encoder", "one", "--json", tmp_path / "found.json")
    assert "R@10" in told
    assert json.loads((tmp_path / "found.json").read_text("utf-8"))["encoder"] == "one"


def test_limit_and_language_narrow_the_set(captioned: Path) -> None:
    arguments = ("--encoder", "one", "--limit", 2, "--language", "ZH", "--json", "-")
    said = json.loads(command(captioned, *arguments))
    assert (said["pictures"], said["captions"]) == (2, {"zh": 2, "all": 2})


def test_the_active_encoder_is_measured_when_none_is_named(
    captioned: Path, space: EmbeddingSpace
) -> None:
    assert space.fingerprint in command(captioned)


@pytest.mark.django_db
def test_without_a_choice_it_says_what_to_do(captioned: Path) -> None:
    with pytest.raises(CommandError, match="encoder choose"):
        command(captioned)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere.csv", "--encoder", "one"], "cannot be read"),
        (["{}", "--encoder", "/nowhere"], "/nowhere"),
        (["{}", "--encoder", "narrow"], "256 numbers"),
        (["{}", "--encoder", "one", "--limit", "0"], "from 1"),
        (["{}", "--encoder", "one", "--language", "fr"], "fr"),
        (["{}", "--encoder", "one", "--json", "/nowhere/x.json"], "cannot be written"),
    ],
)
def test_a_refusal_is_one_sentence(captioned: Path, arguments: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        command(*[argument.format(captioned) for argument in arguments])
