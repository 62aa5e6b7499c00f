from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from gallery.models import Tag
from tests.builders import make_tag


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("vocabulary", *arguments, stdout=out)
    return out.getvalue()


def test_the_ready_made_vocabularies_are_listed() -> None:
    assert run("list") == "demo\nphotographs\n"


@pytest.mark.django_db
def test_loading_keeps_existing_tags() -> None:
    make_tag("Beach", group="mine", is_official=True)
    make_tag("dog", name_zh="狗", is_official=True)
    output = run("load", "demo")
    total = Tag.objects.count()
    report = f"{total - 2} tags added, 1 completed, 1 skipped; the vocabulary has {total}.\n"
    assert output == report
    beach = Tag.objects.named("beach").get()
    assert (beach.name, beach.name_zh, beach.group) == ("Beach", "海滩", "mine")


@pytest.mark.django_db
def test_a_tag_of_a_member_becomes_official() -> None:
    make_tag("海滩", is_suggested=False)
    run("load", "demo")
    beach = Tag.objects.named("海滩").get()
    assert (beach.name, beach.name_zh, beach.kind) == ("beach", "海滩", "scene")
    assert (beach.is_suggested, beach.is_official) == (True, True)


CSV = "name,name_zh,kind,colour,templates\n"
GROUP = '[{"group": "a", "tags": {%s}}]'


@pytest.mark.django_db
def test_an_own_vocabulary_is_loaded(tmp_path: Path) -> None:
    table, groups = tmp_path / "own.csv", tmp_path / "own.json"
    table.write_text(CSV + 'boat,船,scene,#AABBCC,"a {}|two {}"\n"a, b",,,,\n')
    groups.write_text(GROUP % '"car": "车", "BOAT": ""')
    assert run("load", str(table)).startswith("2 tags added, 0 completed, 0 skipped;")
    assert run("load", str(groups)).startswith("1 tags added, 0 completed, 1 skipped;")
    boat = Tag.objects.named("船").get()
    assert (boat.name, boat.kind, boat.colour) == ("boat", "scene", "#aabbcc")
    assert boat.templates == ["a {}", "two {}"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.csv", "tag\nboat\n", "line 1: the header must"),
        ("x.csv", CSV + "boat,,,,\nBOAT,,,,\n", "line 3: the name boat is in line 2 already"),
        ("x.csv", CSV + ",,,,\n", "line 2: A tag needs a name"),
        ("x.csv", CSV + "boat,,thing,,\n", "line 2: kind must be"),
        ("x.csv", CSV + "boat,,,red,\n", "line 2: colour must be"),
        ("x.csv", CSV + "boat,,,,,,\n", "line 2: there are more values"),
        ("x.csv", CSV + f"boat,,,,{'|'.join(['{}'] * 51)}\n", "at most 50 templates"),
        ("x.json", "[\n{]", "line 2: "),
        ("x.json", "{}", "line 1: the file must be a list"),
        ("x.json", '[{"tags": {}, "size": 1}]', "group 1: unknown size"),
        ("x.json", GROUP % '"a": 7', "group 1, tag 'a': name_zh must be a text"),
        ("x.json", GROUP % f'"{"x" * 61}": ""', "at most 60 characters"),
        ("x.json", "\udcff", "not UTF-8"),
        ("missing.csv", None, "cannot be read"),
    ],
)
def test_a_wrong_file_adds_nothing(
    tmp_path: Path, name: str, content: str | None, message: str
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content, errors="surrogateescape")
    with pytest.raises(CommandError, match=message):
        run("load", str(tmp_path / name))
    assert not Tag.objects.exists()


@pytest.mark.django_db
def test_an_unknown_vocabulary_is_named() -> None:
    with pytest.raises(CommandError, match=r"no vocabulary x\. There are demo, photo"):
        run("load", "x")
