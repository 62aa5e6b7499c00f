from __future__ import annotations

import json
from pathlib import Path

import pytest

from gallery.core.errors import InvalidInput
from gallery.evaluation.caption_sets import read
from gallery.evaluation.caption_sources import Caption
from gallery.management.commands.loaddemo import FOLDER


def captions(source: Path) -> list[tuple[str, str, str]]:
    return [(entry.picture.name, entry.language, entry.text) for entry in read(source).captions]


def table(folder: Path, text: str, name: str = "set.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def test_a_table_of_files_and_captions(tmp_path: Path) -> None:
    path = table(tmp_path, 'file,caption,language\na.jpg,A dog,en\nb.jpg,"一只狗, 坐",ZH\n')
    assert captions(path) == [("a.jpg", "en", "A dog"), ("b.jpg", "zh", "一只狗, 坐")]
    assert read(path).captions[0].picture == tmp_path / "a.jpg"


def test_a_missing_language_is_undetermined(tmp_path: Path) -> None:
    assert captions(table(tmp_path, "caption,file\nA dog,a.jpg\n")) == [("a.jpg", "und", "A dog")]


def test_a_column_per_language(tmp_path: Path) -> None:
    path = table(tmp_path, "file,caption_en,caption_zh\na.jpg,A dog,狗\nb.jpg,A cat,\n")
    assert captions(path) == [
        ("a.jpg", "en", "A dog"),
        ("a.jpg", "zh", "狗"),
        ("b.jpg", "en", "A cat"),
    ]


def test_a_picture_may_have_several_captions(tmp_path: Path) -> None:
    captioned = read(table(tmp_path, "file,caption\na.jpg,A dog\na.jpg,A pet\nb.jpg,A cat\n"))
    assert captioned.pictures == [tmp_path / "a.jpg", tmp_path / "b.jpg"]
    assert len(captioned.captions) == 3


@pytest.mark.parametrize("name", ["set.tsv", "set.csv"])
def test_tabs_and_a_byte_order_mark_are_accepted(tmp_path: Path, name: str) -> None:
    path = table(tmp_path, "\ufefffile\tcaption\r\na.jpg\tA dog, a cat\r\n", name)
    assert captions(path) == [("a.jpg", "und", "A dog, a cat")]


def test_semicolons_and_capital_letters_are_accepted(tmp_path: Path) -> None:
    path = table(tmp_path, "File;Caption;Language\na.jpg;A dog, a cat;EN\n\nb.jpg;A cow;EN;;\n")
    assert captions(path) == [("a.jpg", "en", "A dog, a cat"), ("b.jpg", "en", "A cow")]


def test_a_repeated_column_is_read_twice(tmp_path: Path) -> None:
    path = table(tmp_path, "file,caption,caption\na.jpg,A dog,A pet\nb.jpg,A cat\n")
    assert [text for _, _, text in captions(path)] == ["A dog", "A pet", "A cat"]


def test_json_may_list_several_captions(tmp_path: Path) -> None:
    rows = [{"file": "a.jpg", "caption": ["A dog", "A pet"], "caption_zh": "狗", "title_en": "no"}]
    assert captions(table(tmp_path, json.dumps(rows), "set.json")) == [
        ("a.jpg", "und", "A dog"), ("a.jpg", "und", "A pet"), ("a.jpg", "zh", "狗"),
    ]  # fmt: skip


def test_the_demo_gallery_is_a_captioned_set() -> None:
    captioned = read(FOLDER)
    assert len(captioned.pictures) == len(list(FOLDER.glob("*.webp")))
    assert {entry.language for entry in captioned.captions} == {"en", "zh"}


def test_a_folder_with_texts_beside_its_pictures(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("a.jpg", "a.b.png", "sub/c[1].webp", "lonely.jpg"):
        (tmp_path / name).touch()
    for name, text in {
        "a.txt": "A dog\n\n A pet \n", "a.zh.txt": "狗", "a.notes.txt": "no", "a.b.txt": "A cat",
        "sub/c[1].en.txt": "A cow", "orphan.txt": "no",
    }.items():  # fmt: skip
        (tmp_path / name).write_text(text)
    assert sorted(captions(tmp_path)) == [
        ("a.b.png", "und", "A cat"), ("a.jpg", "und", "A dog"), ("a.jpg", "und", "A pet"),
        ("a.jpg", "zh", "狗"), ("c[1].webp", "en", "A cow"),
    ]  # fmt: skip


def test_texts_may_carry_the_suffix_of_their_picture(tmp_path: Path) -> None:
    for name in ("a.jpg", "b.webp"):
        (tmp_path / name).touch()
    for name, text in {"a.jpg.txt": "A dog", "a.jpg.zh.txt": "狗", "b.txt": "A cat"}.items():
        (tmp_path / name).write_text(text)
    assert sorted(captions(tmp_path)) == [
        ("a.jpg", "und", "A dog"), ("a.jpg", "zh", "狗"), ("b.webp", "und", "A cat"),
    ]  # fmt: skip


def test_a_text_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").touch()
    (tmp_path / "a.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidInput, match=r"a\.txt cannot be parsed"):
        read(tmp_path)


def test_a_table_in_the_folder_takes_precedence(tmp_path: Path) -> None:
    table(tmp_path, "file,caption\na.jpg,A dog\n", "captions.csv")
    (tmp_path / "b.jpg").touch()
    table(tmp_path, "A cat", "b.txt")
    assert captions(tmp_path) == [("a.jpg", "und", "A dog")]


def test_languages_are_narrowed_before_pictures(tmp_path: Path) -> None:
    captioned = read(
        table(tmp_path, "file,caption_en,caption_zh\na.jpg,,狗\nb.jpg,A cat,猫\nc.jpg,A cow,牛\n")
    )
    narrowed = captioned.narrowed(languages=["en"], limit=1)
    assert narrowed.captions == [Caption(tmp_path / "b.jpg", "en", "A cat")]
    assert captioned.narrowed() == captioned


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.csv", "picture,text\na.jpg,A dog\n", "header with `file`"),
        ("a.csv", "file,text\na.jpg,A dog\n", "header with `file`"),
        ("a.csv", "", "header with `file`"),
        ("a.csv", "file,caption\n", "no caption"),
        ("a.csv", "file,caption\n,A dog\n", "entry 1: there is no `file`"),
        ("a.csv", "file,caption\na.jpg,\n", "no caption"),
        ("a.csv", "file,caption\na\0.jpg,A dog\n", "entry 1"),
        ("a.csv", "file,caption\na.jpg,A cat\nb.jpg,A dog, on a beach\n", "entry 2: .* quotes"),
        ("a.csv", 'file,caption\na.jpg,"A dog\nb.jpg,A cat\n', "line 3"),
        ("a.json", "{", "cannot be parsed"),
        ("a.json", f"[{'1' * 5000}]", "cannot be parsed"),
        ("a.json", '{"a": 1}', "not a list of objects"),
        ("a.json", "[1]", "not a list of objects"),
        ("a.json", '[{"file": 5, "caption": "x"}]', "entry 1"),
    ],
)
def test_a_malformed_source_is_refused(tmp_path: Path, name: str, text: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        read(table(tmp_path, text, name))


def test_a_table_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"file,caption\na.jpg,\xff\xfe\n")
    with pytest.raises(InvalidInput, match="cannot be parsed"):
        read(tmp_path / "a.csv")


@pytest.mark.parametrize("name", ["nothing.csv", "nothing.json", "nothing"])
def test_a_missing_source_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInput, match="No such file"):
        read(tmp_path / name)


def test_a_folder_without_captions_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").touch()
    with pytest.raises(InvalidInput, match="no caption"):
        read(tmp_path)
