"""Answers from the database: what was counted, among the pictures that a person may see."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.utils import translation

from gallery.core.errors import InvalidInput
from tests.ask.conftest import MakeShown, ask
from tests.builders import make_tag, tag_image


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("How many pictures of cats are there?", 3),
        ("How many pictures of cats were taken in 2023?", 2),
        ("2023年拍了多少张猫的照片？", 2),
        ("How many pictures are there?", 4),
    ],
)
def test_counts_by_tag_and_date(cats: None, owner: User, question: str, number: int) -> None:
    answered = ask(question, owner)
    assert answered.facts.counts == (number,)
    assert str(number) in answered.facts.text
    assert len(answered.pictures) == number


@pytest.mark.parametrize(
    ("language", "question", "says"),
    [
        ("en", "where were the beach pictures taken?", "1 picture has the tag “beach”."),
        ("zh-hans", "海滩的照片是在哪里拍的？", "1"),
    ],
)
def test_rare_tag_hides_no_matches(
    make_shown: MakeShown, owner: User, language: str, question: str, says: str
) -> None:
    image = make_shown(owner, title="")
    tag_image(image, make_tag("beach", name_zh="海滩"))
    others = [make_shown(owner, title="", caption=f"a beach, 海滩 {n}") for n in range(4)]
    with translation.override(language):
        answered = ask(question, owner)
    assert answered.facts.counts == (5,)
    assert {each.key for each in answered.pictures} == {image.pk, *(each.pk for each in others)}
    assert says in answered.facts.text
    assert "5" in answered.facts.text


def test_private_pictures_of_others_are_not_counted(cats: None, stranger: User) -> None:
    for visitor in (stranger, AnonymousUser()):
        facts = ask("how many cats?", visitor).facts
        assert "2 pictures have the tag" in facts.text
        assert facts.counts == (3,)


def test_answer_says_what_was_counted(cats: None, owner: User) -> None:
    assert "have the tag “cat”" in ask("how many cats?", owner).facts.text
    assert "About 1 picture matches “dog”" in ask("how many dog pictures?", owner).facts.text


def test_nothing_that_matches_is_not_everything(cats: None, owner: User) -> None:
    answered = ask("how many unicorns?", owner)
    assert answered.facts.counts == (0,)
    assert answered.pictures == ()


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("When did I take pictures of cats?", "from June 15, 2022 to June 15, 2023"),
        ("When did I take pictures of cats?", "2023 (2); 2022 (1)"),
        ("Which tags are there?", "cat (3)"),
        ("Who took the pictures?", "owner (3); stranger (1)"),
        ("more cats or unicorns?", "More pictures of “cats” than of “unicorns”."),
    ],
)
def test_dates_tags_people_and_comparisons(
    cats: None, owner: User, question: str, expected: str
) -> None:
    assert expected in ask(question, owner).facts.text


def test_open_numbers_are_not_compared(
    make_shown: MakeShown, owner: User, gallery_setting: Any
) -> None:
    gallery_setting(max_results=2)
    for number in range(3):
        make_shown(owner, title="", caption=f"boat {number}")
        make_shown(owner, title="", caption=f"zebra {number}")
    text = ask("more boats or zebras?", owner).facts.text
    assert text.count("At least 2 pictures match") == 2
    assert "As many" not in text
    assert "More" not in text


def test_part_of_many_pictures_is_named(
    cats: None, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("facets", "facet_counts"):
        monkeypatch.setattr(f"gallery.search.{module}.CAP", 2)
    assert "Only 2 of them were counted" in ask("Which tags are there?", owner).facts.text
    assert "Only 2 of them were counted" in ask("When were they taken?", owner).facts.text


def test_places_are_for_those_who_see_them(
    make_shown: MakeShown, owner: User, stranger: User
) -> None:
    for latitude in (48.86, 48.87, -31.23):
        make_shown(owner, latitude=latitude, longitude=-2.37)
    question = "Where were the pictures taken?"
    text = ask(question, owner).facts.text
    assert "around 48.9° N, 2.4° W (2 pictures); around 31.2° S, 2.4° W (1 picture)" in text
    assert "48" not in ask(question, stranger).facts.text


def test_missing_position_of_one_is_singular(make_shown: MakeShown, owner: User) -> None:
    make_shown(owner)
    text = ask("where were the pictures taken?", owner).facts.text
    assert text == "1 picture was found. You do not see where it was taken."


def test_chinese_sentences_have_chinese_punctuation(cats: None, owner: User) -> None:
    with translation.override("zh-hans"):
        text = ask("有哪些标签？", owner).facts.text
    assert "标签：cat（3）。" in text
    assert "。 " not in text


def test_chinese_reader_gets_chinese_facts(cats: None, owner: User) -> None:
    with translation.override("zh-hans"):
        assert "3" in ask("有多少张猫的照片", owner).facts.text


@pytest.mark.parametrize("question", ["", "  \u200b ", "x" * 501])
def test_question_needs_text_of_bounded_length(db: None, owner: User, question: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        ask(question, owner)
    assert raised.value.data["field"] == "question"
