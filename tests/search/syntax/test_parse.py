from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from gallery.search.filters import Colour, ImageFilter, MetadataCondition, Place
from gallery.search.syntax import ParsedText, parse

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def read(box: str) -> ParsedText:
    return parse(box, now=NOW)


def metadata(*path: str, **conditions: Any) -> dict[str, Any]:
    return {"metadata": (MetadataCondition(path=path, **conditions),)}


@pytest.mark.parametrize(
    ("box", "conditions"),
    [
        ("owner:ann", {"owner": "ann"}),
        ("OWNER:me", {"own": True}),
        ('owner:"me"', {"owner": "me"}),
        ("owner:None", {"no_owner": True}),
        ("所有者：无", {"no_owner": True}),
        ('owner:"none"', {"owner": "none"}),
        ("作者：小红", {"owner": "小红"}),
        ("is:landscape is:square", {"orientations": ("landscape", "square")}),
        ("is:private", {"visibility": "private"}),
        ("is:captioned", {"has_caption": True}),
        ("has:caption", {"has_caption": True}),
        ("is:failed is:quarantined", {"states": ("failed", "quarantined")}),
        ("is:横图", {"orientations": ("landscape",)}),
        ("camera:x100", {"camera": "x100"}),
        ('camera:"Canon EOS R5"', {"camera": "Canon EOS R5"}),
        ("相机：“Canon EOS”", {"camera": "Canon EOS"}),
        ("lens:23mm", {"lens": "23mm"}),
        ("format:jpg", {"formats": ("jpeg",)}),
        ("format:jpg,png format:TIF", {"formats": ("jpeg", "png", "tiff")}),
        ("size:>5mb", {"min_size": 5 * 1024**2 + 1}),
        ("size:>=1.5k", {"min_size": 1536}),
        ("size:<1kb", {"max_size": 1023}),
        ("size:1mb..2mb", {"min_size": 1024**2, "max_size": 2 * 1024**2}),
        ("size:1024", {"min_size": 1024, "max_size": 1024}),
        ("mp:>=12", {"min_megapixels": 12}),
        ("mp:8..24", {"min_megapixels": 8, "max_megapixels": 24}),
        ("mp:12", {"min_megapixels": 11.5, "max_megapixels": 12.5}),
        ("near:48.85,2.35", {"near": Place(latitude=48.85, longitude=2.35, radius=5)}),
        ("near:-33,151,500m", {"near": Place(latitude=-33, longitude=151, radius=0.5)}),
        ("附近：31，121，10公里", {"near": Place(latitude=31, longitude=121, radius=10)}),
        ("colour:#ff8800", {"colour": Colour(samples=("#ff8800",))}),
        ("color:#FF8800", {"colour": Colour(samples=("#ff8800",))}),
        ("#ff8800", {"colour": Colour(samples=("#ff8800",))}),
        ("id:A-17", {"external_id": "A-17"}),
        ("tag:beach", {"tags": ("beach",)}),
        ('标签：海滩 tag:"Golden  Retriever"', {"tags": ("海滩", "Golden Retriever")}),
        ("meta.category:shoes", metadata("category", any_of=("shoes",))),
        ("meta.Size.EU:42", metadata("Size", "EU", any_of=(42, "42"))),
        ('meta.size:"42"', metadata("size", any_of=("42",))),
        ("meta.sold:true", metadata("sold", any_of=(True, "true"))),
        ("meta.a:x,y", metadata("a", any_of=("x", "y"))),
        ("meta.price:>10", metadata("price", above=10)),
        ("meta.size:3..7", metadata("size", at_least=3, at_most=7)),
        ("meta.day:<=2024-05", metadata("day", at_most="2024-05")),
        ("meta.price:*", metadata("price", exists=True)),
    ],
)
def test_an_operator_becomes_a_condition(box: str, conditions: dict[str, Any]) -> None:
    parsed = read(box)
    assert parsed.conditions == ImageFilter(**conditions)
    assert (parsed.text, parsed.not_understood) == ("", ())


def test_words_phrases_and_operators_mix() -> None:
    parsed = read('red boat owner:ann "exact  words" -dog -"old man" is:portrait sea')
    assert parsed.text == "red boat exact words sea"
    assert parsed.phrases == ("exact words",)
    assert parsed.excluded_words == ("dog", "old man")
    assert parsed.conditions == ImageFilter(owner="ann", orientations=("portrait",))


@pytest.mark.parametrize(
    "box",
    [
        "https://example.org/a.jpg?b=c:d",
        "at 10:30",
        "16:9",
        "😀 🏳️‍🌈",
        ":-) :)",
        "Grandma: 1987",
        "注意：小心台阶",
        "well-known x - y --flag",
        'a 5" disk',
        "#facade #decade #1",
        "C:\\pictures",
        "a.b.c",
        "std::vector",
    ],
)
def test_other_colons_and_signs_stay_words(box: str) -> None:
    parsed = read(box)
    assert parsed == ParsedText(box, (), (), ImageFilter(), (), ())


@pytest.mark.parametrize(
    ("box", "text", "reason"),
    [
        ("tags:dog", "tags:dog", "no such operator"),
        ("is:round", "is:round", "no such property"),
        ("owner:", "owner:", "a value is missing"),
        ('owner:" "', "owner:", "a value is missing"),
        ("after:soon", "after:soon", "not a date"),
        ("taken:2024-13", "taken:2024-13", "not a date"),
        ("date:9999", "date:9999", "not a date"),
        ("taken:2025..2023", "taken:2025..2023", "the range ends before it begins"),
        ("size:big", "size:big", "not a size"),
        ("mp:nan", "mp:nan", "not a number"),
        ("near:here", "near:here", "a place is"),
        ("near:91,0", "near:91,0", "The number is out of range."),
        ("near:0,0,20001", "near:0,0,20001", "The number is out of range."),
        ("format:docx", "format:docx", "no such picture format"),
        ("colour:redish", "colour:redish", "A colour is"),
        ("meta.a..b:1", "meta.a..b:1", "A key of the metadata"),
        (f"camera:{'x' * 201}", f"camera:{'x' * 201}", "at most 200"),
        ('note:"two words"', "note: two words", "no such operator"),
    ],
)
def test_what_is_not_understood_becomes_words(box: str, text: str, reason: str) -> None:
    parsed = read(f"boat {box} sea")
    assert parsed.text == f"boat {text} sea"
    assert parsed.conditions == ImageFilter()
    assert len(parsed.not_understood) == 1
    assert reason in parsed.not_understood[0]


def test_a_minus_excludes_what_an_operator_means() -> None:
    parsed = read("-is:landscape -camera:x100 -meta.a:* -tags:dog")
    assert parsed.conditions.excluded == (
        ImageFilter(orientations=("landscape",)),
        ImageFilter(camera="x100"),
        ImageFilter(**metadata("a", exists=True)),
    )
    assert [operator.name for operator in parsed.operators] == ["-is", "-camera", "-meta.a"]
    assert (parsed.text, parsed.excluded_words) == ("", ("tags:dog",))


def test_contradicting_operators_all_have_to_hold() -> None:
    parsed = read("camera:fuji camera:x100 after:2025 before:2024")
    assert parsed.conditions.camera == "fuji"
    assert ImageFilter(camera="x100") in parsed.conditions.required
    assert len(parsed.conditions.required) == 2


def test_a_box_without_one_operator_is_offered() -> None:
    parsed = read('boat  owner:ann "a b" camera:"x 1"')
    assert [
        (operator.source, operator.value, operator.without) for operator in parsed.operators
    ] == [
        ("owner:ann", "ann", 'boat "a b" camera:"x 1"'),
        ('camera:"x 1"', "x 1", 'boat  owner:ann "a b"'),
    ]


def test_operator_names_are_english() -> None:
    assert [operator.name for operator in read("相机：x 元数据.类别：鞋 color:red").operators] == [
        "camera",
        "meta.类别",
        "colour",
    ]


def test_at_most_thirty_operators_are_read() -> None:
    parsed = read(" ".join(f"meta.k{number}:1" for number in range(31)))
    assert len(parsed.operators) == 30
    assert parsed.text == "meta.k30:1"
    assert "too many" in parsed.not_understood[0]


@pytest.mark.parametrize(
    "part",
    ["is:landscape ", '"', "“ ", 'a:"', "-", "x ", 'meta.a:"x" ', '\\"', '-"a ', "-a ", "y", ":",
     "#ff8800 ", "a:b ", "date:1 ", "红：“", "1.1.", "last-"],
)  # fmt: skip
def test_long_boxes_are_read_to_their_end(part: str) -> None:
    box = f"{(part * 10_000)[:10_000]} end"
    parsed = read(box)
    sources = [operator.source for operator in parsed.operators]
    parsed_text = " ".join([parsed.text, *parsed.excluded_words, *sources])
    assert sorted(filter(str.isalnum, parsed_text)) == sorted(filter(str.isalnum, box))
    assert len(parsed.operators) <= 30
    assert len(parsed.not_understood) <= 10


def test_control_characters_become_spaces() -> None:
    parsed = read("red\0boat owner:a\0b \ud800")
    assert parsed.text == "red boat b"
    assert parsed.conditions == ImageFilter(owner="a")
