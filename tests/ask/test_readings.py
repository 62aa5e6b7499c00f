"""What a question is counted from: the person's own pictures, uploads, exclusions and topics."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.utils import translation

from gallery.models import Image
from tests.ask.conftest import MakeShown, ask, day
from tests.builders import make_tag, tag_image

OWN = [
    "How many pictures did I take?",
    "How many pictures do I have?",
    "When did I take pictures?",
    "Where did I take pictures?",
    "How many photos have I uploaded?",
    "my pictures",
    "How many of my pictures are there?",
    "我有多少张照片？",
    "我的照片是在哪里拍的？",
    "我拍了多少张照片",
]


@pytest.fixture
def newcomer(django_user_model: type[User]) -> User:
    """Somebody without pictures."""
    return django_user_model.objects.create_user("newcomer")


@pytest.mark.parametrize("question", OWN)
def test_own_pictures_are_those_of_the_person(
    cats: None, owner: User, newcomer: User, question: str
) -> None:
    assert ask(question, owner).facts.counts == (3,)
    assert ask(question, newcomer).facts.counts == (0,)


@pytest.mark.parametrize(
    "question", ["How many pictures did I take in 2022?", "我2022年拍了多少张照片？"]
)
def test_own_pictures_of_a_year(cats: None, owner: User, newcomer: User, question: str) -> None:
    assert ask(question, owner).facts.counts == (1,)
    assert ask(question, newcomer).facts.counts == (0,)


@pytest.mark.parametrize("question", [*OWN, "Did I take more cats or dogs?"])
def test_visitor_without_login_has_no_pictures(cats: None, question: str) -> None:
    answered = ask(question, AnonymousUser())
    assert set(answered.facts.counts) == {0}
    assert "Log in to ask about your own pictures." in answered.facts.text
    assert answered.pictures == ()


def test_own_pictures_are_asked_for_on(cats: None, owner: User, stranger: User) -> None:
    before = ask("How many pictures did I take in 2021?", stranger).conversation("")
    answered = ask("and in 2022?", stranger, conversation=before)
    assert answered.facts.counts == (0,)


@pytest.mark.parametrize(
    "question",
    ["How many cats are mine?", "How many did zoe take?"],
)
def test_what_was_not_counted_is_not_later(cats: None, question: str) -> None:
    before = ask(question, AnonymousUser()).conversation("")
    answered = ask("and in 2022?", AnonymousUser(), conversation=before)
    assert answered.facts.counts == (0,)
    assert "found" not in answered.facts.text


@pytest.mark.parametrize(
    ("first", "second", "number"),
    [
        ("hello", "横图有几张？", 4),
        ("hello", "How many pictures were taken in 2022?", 1),
        ("how many unicorns?", "Where were pictures taken?", 4),
        ("how many unicorns?", "and in 2022?", 0),
        ("how many unicorns?", "那2022年呢？", 0),
        ("How many cats?", "How many in 2022?", 1),
        ("How many pictures do I have?", "How many pictures were taken in 2021?", 1),
        ("How many pictures do I have?", "which of them were taken in 2021?", 0),
    ],
)
def test_topic_without_a_match_is_left(
    cats: None, owner: User, first: str, second: str, number: int
) -> None:
    before = ask(first, owner).conversation("")
    assert ask(second, owner, conversation=before).facts.counts == (number,)


@pytest.mark.parametrize(
    "question",
    [
        "How many pictures were uploaded in 2015?",
        "How many did I upload in 2015?",
        "2015年上传了多少张照片？",
        "我2015年一共上传了多少张照片？",
    ],
)
def test_uploads_are_counted_by_their_date(cats: None, owner: User, question: str) -> None:
    assert ask(question, owner).facts.counts == (0,)
    uploaded = Image.objects.filter(owner=owner).first()
    assert uploaded
    Image.objects.filter(pk=uploaded.pk).update(created_at=day(2015))
    assert ask(question, owner).facts.counts == (1,)


@pytest.mark.parametrize(
    "question",
    ["How many pictures without cats?", "没有猫的照片有几张？", "How many are not cats?"],
)
def test_tagged_pictures_are_left_out(cats: None, owner: User, question: str) -> None:
    answered = ask(question, owner)
    assert answered.facts.counts == (1,)
    assert "Pictures with the tag “cat” were left out." in answered.facts.text
    assert answered.matching[0].image.caption == "a dog and a cat"


@pytest.mark.parametrize(
    "question",
    ["How many pictures without zebras?", "没有斑马的照片有几张？", "How many are not drawings?"],
)
def test_exclusion_without_a_tag_goes_by_search(
    make_shown: MakeShown, owner: User, question: str
) -> None:
    other = make_shown(owner, title="", caption="a lake, 湖")
    make_shown(owner, title="", caption="two zebras, 两匹斑马, drawings")
    answered = ask(question, owner)
    assert answered.facts.counts == (1,)
    assert "were left out, by what they show and by their words." in answered.facts.text
    assert [each.key for each in answered.matching] == [other.pk]


def test_shape_that_is_excluded_is_a_filter(cats: None, owner: User) -> None:
    assert ask("How many pictures are not landscape?", owner).facts.counts == (0,)


def test_is_there_a_cat_is_no_exclusion(cats: None, owner: User) -> None:
    for question in ("Is there a cat?", "有没有猫的照片？"):
        assert ask(question, owner).facts.counts == (3,)


@pytest.mark.parametrize(
    "question", ["How many pictures were taken with a Canon?", "有几张照片是用佳能拍的？"]
)
def test_camera_of_a_question_is_a_filter(
    make_shown: MakeShown, owner: User, question: str
) -> None:
    make_shown(owner)
    make_shown(owner, camera="Canon EOS R5")
    assert ask(question, owner).facts.counts == (1,)


def test_tag_of_a_question_is_a_filter(cats: None, owner: User, make_shown: MakeShown) -> None:
    tag_image(make_shown(owner), make_tag("wave"))
    assert ask("How many pictures have the tag wave?", owner).facts.counts == (1,)


def test_answer_without_a_topic_has_no_link(cats: None, owner: User) -> None:
    assert ask("How many pictures are there?", owner).facts.boxes == ()


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How many cats in 2010?", "No picture matches “cats in 2010” well."),
        ("How many unicorns in 2010?", "No picture matches “unicorns in 2010” well."),
        ("How many cats did I take in 2010?", "None of your pictures matches “cats in 2010” well."),
    ],
)
def test_answer_of_nothing_says_from_when(
    cats: None, owner: User, question: str, words: str
) -> None:
    assert ask(question, owner).facts.text == words


def test_login_is_asked_for_in_chinese(cats: None) -> None:
    with translation.override("zh-hans"):
        assert "登录" in ask("我有多少张照片？", AnonymousUser()).facts.text
