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


def test_the_table_shows_directions_and_languages(captioned: Path) -> None:
    output = command(captioned, "--encoder", "one")
    rows = [line.split("|")[1:3] for line in output.splitlines() if line.startswith("|")][2:]
    assert [tuple(cell.strip() for cell in row) for row in rows] == [
        (direction, language)
        for language in ("en", "zh", "all")
        for direction in ("text → image", "image → text")
    ]
    for heading in ("encoder:     one", "R@1", "R@5", "R@10", "median rank", "MRR", "per second"):
        assert heading in output


def test_a_dash_prints_only_json(captioned: Path) -> None:
    report = json.loads(command(captioned, "--encoder", "one", "--json", "-"))
    assert (report["encoder"], report["images"]) == ("one", 3)
    assert report["captions"] == {"en": 3, "zh": 3, "all": 6}
    assert len(report["results"]) == 6
    assert set(report["results"][0]) == {
        "direction", "language", "queries", "candidates", "recall_at_1", "recall_at_5",
        "recall_at_10", "median_rank", "mean_reciprocal_rank",
    }  # fmt: skip


def test_json_is_written_to_a_file(captioned: Path, tmp_path: Path) -> None:
    output = command(captioned, "--encoder", "one", "--json", tmp_path / "report.json")
    assert "R@10" in output
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))["encoder"] == "one"


def test_limit_and_language_narrow_the_set(captioned: Path) -> None:
    arguments = ("--encoder", "one", "--limit", 2, "--language", "ZH", "--json", "-")
    report = json.loads(command(captioned, *arguments))
    assert (report["images"], report["captions"]) == (2, {"zh": 2, "all": 2})


def test_the_active_encoder_is_the_default(captioned: Path, space: EmbeddingSpace) -> None:
    assert space.fingerprint in command(captioned)


@pytest.mark.django_db
def test_a_missing_choice_names_the_command(captioned: Path) -> None:
    with pytest.raises(CommandError, match="encoder choose"):
        command(captioned)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.csv", "--encoder", "one"], "cannot be read"),
        (["{}", "--encoder", "/nowhere"], "/nowhere"),
        (["{}", "--encoder", "narrow"], "256 numbers"),
        (["{}", "--encoder", "one", "--limit", "0"], "1 or more"),
        (["{}", "--encoder", "one", "--language", "fr"], "fr"),
        (["{}", "--encoder", "one", "--json", "/nowhere/x.json"], "cannot be written"),
    ],
)
def test_an_error_is_one_sentence(captioned: Path, arguments: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        command(*[argument.format(captioned) for argument in arguments])
