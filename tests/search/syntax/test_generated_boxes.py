"""Properties of the language of the search box, with generated texts."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from gallery.search.syntax import Operator, ParsedText, add_operator, parse, unparse

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
OPERATORS = (
    "owner:ann", "owner:me", "after:2024", "before:2020-05", 'date:"last summer"', "date:去年夏天",
    "is:square", "-is:private", "camera:x100", '-camera:"x 100"', "format:jpg,png", "size:>5mb",
    "mp:8..24", "near:48.85,2.35,10km", "colour:red", "#ff8800", "meta.a:1", "-meta.b:*", "id:7",
    "tag:beach", "相机：“富士 X”", r'lens:"1\" \\ f"',
)  # fmt: skip
PIECES = st.one_of(
    st.sampled_from(OPERATORS),
    st.sampled_from(
        ["-", '"', "“", "”", ":", "：", "\\", "owner:", "is:xx", "foo:bar", "10:30", "\n"]
    ),
    st.text(max_size=8),
    st.sampled_from(["red", "boat", '"old man"', "-dog", '-"a b"', "红色", "🙂"]),
)
BOXES = st.builds(
    lambda pieces, space: space.join(pieces),
    st.lists(PIECES, max_size=12),
    st.sampled_from([" ", "", "  "]),
)
READABLE = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=20).filter(
    str.strip
)
NAMES = st.sampled_from(["camera", "lens", "owner", "id"])


def read(box: str) -> ParsedText:
    return parse(box, now=NOW)


def typed(operators: tuple[Operator, ...]) -> list[tuple[str, str]]:
    return [(operator.name, operator.value) for operator in operators]


@given(box=st.one_of(BOXES, st.text(), st.binary().map(lambda data: data.decode("latin-1"))))
@settings(max_examples=500, deadline=None)
def test_no_text_raises(box: str) -> None:
    read(box)


@given(words=st.lists(st.from_regex(r"[^\W_]{1,12}", fullmatch=True), max_size=10))
@settings(max_examples=100, deadline=None)
def test_plain_words_are_kept(words: list[str]) -> None:
    assert read(" ".join(words)).text == " ".join(words)


@given(box=BOXES)
@settings(max_examples=500, deadline=None)
def test_no_letter_is_lost(box: str) -> None:
    parsed = read(box)
    parsed_text = " ".join(
        [parsed.text, *parsed.excluded_words, *(operator.source for operator in parsed.operators)]
    )
    letters = sorted(character for character in box if character.isalnum())
    assert letters == sorted(character for character in parsed_text if character.isalnum())


@given(box=BOXES, data=st.data())
@settings(max_examples=500, deadline=None)
def test_without_removes_exactly_one_operator(box: str, data: st.DataObject) -> None:
    parsed = read(box)
    if not parsed.operators:
        return
    index = data.draw(st.integers(0, len(parsed.operators) - 1))
    rest = read(parsed.operators[index].without)
    expected = parsed.operators[:index] + parsed.operators[index + 1 :]
    assert typed(rest.operators) == typed(expected)
    assert (rest.text, rest.phrases, rest.excluded_words) == (
        parsed.text, parsed.phrases, parsed.excluded_words,
    )  # fmt: skip


@given(box=BOXES, name=NAMES, value=READABLE)
@settings(max_examples=500, deadline=None)
def test_an_added_operator_is_read_back(box: str, name: str, value: str) -> None:
    before, after = read(box), read(add_operator(box, unparse(name, value)))
    assert sorted(typed(after.operators)) == sorted([*typed(before.operators), (name, value)])
    assert (after.phrases, after.excluded_words) == (before.phrases, before.excluded_words)
