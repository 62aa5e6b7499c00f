"""Answers from the database: what was counted, among the pictures that a person may see."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.utils import translation

from gallery.ask.answer import Answer, AskRequest, answer
from gallery.ask.retrieval import Scope
from gallery.core.errors import InvalidInput
from gallery.models import Image
from gallery.search.filters import ImageFilter
from gallery.search.query import Order, SearchQuery
from tests.ask.conftest import MakeShown
from tests.builders import make_image, make_tag, tag_image


def ask(question: str, user: Any, **options: Any) -> Answer:
    return answer(AskRequest(question, **options), user)


def day(year: int, month: int = 6) -> datetime:
    return datetime(year, month, 15, tzinfo=UTC)


@pytest.fixture
def cats(make_shown: MakeShown, owner: User, stranger: User) -> None:
    """Three pictures with the tag cat, one of them private, and one that only says so."""
    tag = make_tag("cat", name_zh="猫")
    for year, fields in ((2022, {}), (2023, {}), (2023, {"visibility": "private"})):
        image = make_shown(owner, title="", taken_at=day(year), **fields)
        tag_image(image, tag)
    make_shown(stranger, title="", caption="a dog and a cat", taken_at=day(2021))


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
        ("en", "where were the beach pictures taken?", "1 picture has the tag “the beach”."),
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


@pytest.mark.parametrize("question", ["what tags are there?", "有哪些标签？"])
def test_question_about_all_leaves_the_topic(cats: None, owner: User, question: str) -> None:
    before = ask("How many cats?", owner).conversation("")
    assert ask(question, owner, conversation=before).facts.counts == (4,)
    assert ask("how many are these?", owner, conversation=before).facts.counts == (3,)


def test_pictures_of_a_question_are_its_own(cats: None, owner: User) -> None:
    before = ask("How many cats?", owner).conversation("")
    answered = ask("how many unicorns?", owner, conversation=before)
    assert answered.matching == []
    assert [each.number for each in answered.earlier] == [1, 2, 3]


def test_private_pictures_of_others_are_not_counted(cats: None, stranger: User) -> None:
    for visitor in (stranger, AnonymousUser()):
        facts = ask("how many cats?", visitor).facts
        assert "2 pictures have the tag" in facts.text
        assert facts.counts == (3,)


def test_answer_says_what_was_counted(cats: None, owner: User) -> None:
    assert "have the tag “cats”" in ask("how many cats?", owner).facts.text
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


def test_about_one_picture_counts_that_one(cats: None, owner: User) -> None:
    image = make_image(owner, taken_at=day(2020))
    answered = ask("when was this taken?", owner, scope=Scope(images=(image.pk,)))
    assert "June 15, 2020" in answered.facts.text
    assert answered.facts.counts == (1,)


def test_about_results_stays_within_them(cats: None, owner: User) -> None:
    scope = Scope(search=SearchQuery(text="dog"))
    assert ask("how many cats?", owner, scope=scope).facts.counts == (1,)
    assert ask("how many pictures are these?", owner, scope=scope).facts.counts == (1,)
    assert ask("What is it chasing?", owner, scope=scope).facts.counts == (1,)


def test_about_a_long_list_counts_all_of_it(
    make_shown: MakeShown, owner: User, gallery_setting: Any
) -> None:
    gallery_setting(max_results=2)
    tag = make_tag("cat")
    for number in range(5):
        image = make_shown(owner, title="", taken_at=day(2020 + number))
        if number:
            tag_image(image, tag)
    make_shown(owner, title="", taken_at=day(1990))
    after_2019 = SearchQuery(conditions=ImageFilter(taken_after=day(2019)), limit=1)
    scope = Scope(search=after_2019)
    assert ask("How many are these?", owner, scope=scope).facts.counts == (5,)
    assert ask("how many cats?", owner, scope=scope).facts.counts == (4,)
    assert "2020 to June 15, 2024" in ask("when were these taken?", owner, scope=scope).facts.text


def test_about_results_ranks_within_them(make_shown: MakeShown, owner: User) -> None:
    for number in range(3):
        make_shown(owner, title="", caption=f"boat {number}", taken_at=day(2010))
    make_shown(owner, title="", caption="boat", taken_at=day(2020))
    scope = Scope(search=SearchQuery(conditions=ImageFilter(taken_after=day(2019))))
    answered = ask("how many boats?", owner, scope=scope)
    assert answered.facts.counts == (1,)
    assert [each.image.caption for each in answered.pictures] == ["boat"]


def test_results_are_shown_in_their_order(make_shown: MakeShown, owner: User) -> None:
    keys = [make_shown(owner, taken_at=day(year)).pk for year in (2021, 2019, 2020)]
    oldest = SearchQuery(conditions=ImageFilter(taken_after=day(2018)), order=Order.OLDEST)
    answered = ask("What do these show?", owner, scope=Scope(search=oldest))
    assert [each.key for each in answered.pictures] == [keys[1], keys[2], keys[0]]


def test_search_without_a_match_has_no_results(cats: None, owner: User) -> None:
    scope = Scope(search=SearchQuery(text="zeppelin"))
    assert ask("How many are these?", owner, scope=scope).facts.counts == (0,)
    assert ask("how many cats?", owner, scope=scope).facts.counts == (0,)
    assert ask("how many dogs?", owner, scope=scope).facts.counts == (0,)


def test_undated_picture_is_not_the_newest(make_shown: MakeShown, owner: User) -> None:
    old = make_shown(owner)
    Image.objects.filter(pk=old.pk).update(created_at=day(2010))
    dated = [make_shown(owner, taken_at=day(2024)), make_shown(owner, taken_at=day(2005))]
    numbered = ask("How many pictures are there?", owner).pictures
    assert [each.key for each in numbered] == [dated[0].pk, old.pk, dated[1].pk]


def test_follow_up_keeps_subject_and_numbers(cats: None, owner: User) -> None:
    first = ask("How many cats?", owner)
    second = ask("and in 2022?", owner, conversation=first.conversation(""))
    assert second.facts.counts == (1,)
    assert [each.key for each in second.pictures] == [each.key for each in first.pictures]


def test_third_question_gets_its_own_pictures(make_shown: MakeShown, owner: User) -> None:
    conversation, keys = "", set()
    for name in ("cat", "boat", "tree"):
        tag = make_tag(name)
        keys = {make_shown(owner, title="").pk for _ in range(8)}
        for key in keys:
            tag_image(Image.objects.get(pk=key), tag)
        answered = ask(f"How many pictures tagged {name}?", owner, conversation=conversation)
        conversation = answered.conversation("")
    numbers = {each.number: each.key for each in answered.pictures}
    assert set(numbers) == set(range(9, 25))
    assert {numbers[number] for number in range(17, 25)} == keys


@pytest.mark.parametrize("question", ["", "  \u200b ", "x" * 501])
def test_question_needs_text_of_bounded_length(db: None, owner: User, question: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        ask(question, owner)
    assert raised.value.data["field"] == "question"


def test_conversation_of_somebody_else_is_refused(cats: None, owner: User, stranger: User) -> None:
    foreign = ask("How many cats?", owner).conversation("")
    for conversation in (foreign, foreign[:-1], "x"):
        with pytest.raises(InvalidInput) as raised:
            ask("and in 2022?", stranger, conversation=conversation)
        assert raised.value.data["field"] == "conversation"
