"""Questions that continue a conversation, and those that do not."""

from __future__ import annotations

import uuid

import pytest
from django.contrib.auth.models import User

from gallery.ask.conversation import Conversation, signed
from gallery.core.errors import InvalidInput
from gallery.models import Image
from tests.ask.conftest import MakeShown, ask, day
from tests.builders import make_tag, tag_image


@pytest.mark.parametrize("question", ["what tags are there?", "有哪些标签？"])
def test_question_about_all_leaves_the_topic(cats: None, owner: User, question: str) -> None:
    before = ask("How many cats?", owner).conversation("")
    assert ask(question, owner, conversation=before).facts.counts == (4,)
    assert ask("how many are these?", owner, conversation=before).facts.counts == (3,)


def test_a_full_conversation_is_refused(make_shown: MakeShown, owner: User) -> None:
    make_shown(owner)
    keys = tuple(uuid.uuid4() for _ in range(200))
    with pytest.raises(InvalidInput, match="too long") as caught:
        ask("How many?", owner, conversation=signed(Conversation(pictures=keys), owner))
    assert caught.value.data["field"] == "conversation"


def test_pictures_of_a_question_are_its_own(cats: None, owner: User) -> None:
    before = ask("How many cats?", owner).conversation("")
    answered = ask("how many unicorns?", owner, conversation=before)
    assert answered.matching == []
    assert [each.number for each in answered.earlier] == [1, 2, 3]


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


def test_conversation_of_somebody_else_is_refused(cats: None, owner: User, stranger: User) -> None:
    foreign = ask("How many cats?", owner).conversation("")
    for conversation in (foreign, foreign[:-1], "x"):
        with pytest.raises(InvalidInput) as raised:
            ask("and in 2022?", stranger, conversation=conversation)
        assert raised.value.data["field"] == "conversation"
