"""Questions that continue the one before keep its person, its dates and what it asked."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from gallery.models import Image
from tests.ask.conftest import MakeShown, ask, day


@pytest.fixture
def pets(make_shown: MakeShown, owner: User, stranger: User) -> None:
    """Pictures by what their captions say, in two years; all were uploaded in 2024."""
    for person, caption, years in (
        (owner, "a dog, 狗", (2021, 2022, 2022)),
        (owner, "a cat, 猫", (2021,)),
        (stranger, "a dog, 狗", (2022, 2022, 2022)),
    ):
        for year in years:
            make_shown(person, title="", caption=caption, taken_at=day(year))
    Image.objects.update(created_at=day(2024))


@pytest.mark.parametrize(
    ("questions", "number"),
    [
        (["How many cats did I take?", "what about dogs?"], 3),
        (["How many cats did I take in 2022?", "what about dogs?"], 2),
        (["How many dogs did I take in 2021?", "and in 2022?"], 2),
        (["How many cats did I take in 2021?", "and dogs?", "and in 2022?"], 2),
        (["我拍了多少张猫的照片？", "那狗呢？"], 3),
        (["How many cats did I upload in 2024?", "what about dogs?"], 3),
        (["How many dogs did I upload in 2022?", "and in 2024?"], 3),
        (["How many did stranger take in 2021?", "and in 2022?"], 3),
        (["How many cats did I take in 2022?", "How many dogs are there?"], 6),
    ],
)
def test_a_question_continues_the_last(
    pets: None, owner: User, questions: list[str], number: int
) -> None:
    conversation = ""
    for question in questions:
        answered = ask(question, owner, conversation=conversation)
        conversation = answered.conversation("")
    assert answered.facts.counts == (number,)


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("How many did stranger take?", 3),
        ("How many pictures has stranger uploaded in 2024?", 3),
        ("How many did stranger upload in 2022?", 0),
        ("stranger拍了多少张照片？", 3),
    ],
)
def test_pictures_of_a_named_person(pets: None, owner: User, question: str, number: int) -> None:
    assert ask(question, owner).facts.counts == (number,)


def test_nobody_of_that_name_is_said(pets: None, owner: User) -> None:
    answered = ask("How many did zoe take?", owner)
    assert answered.facts.text == "Nobody named “zoe” has pictures that you see."
    assert answered.matching == []
