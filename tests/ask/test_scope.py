"""Questions about one picture, or about the results of a search."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User

from gallery.ask.retrieval import Scope
from gallery.search.filters import ImageFilter
from gallery.search.query import Order, SearchQuery
from tests.ask.conftest import MakeShown, ask, day
from tests.builders import make_image, make_tag, tag_image


def test_question_about_results_leaves_the_topic(cats: None, owner: User) -> None:
    before = ask("How many dogs?", owner).conversation("")
    scope = Scope(search=SearchQuery(text="cat"))
    answered = ask("describe the colours", owner, scope=scope, conversation=before)
    assert len(answered.matching) == answered.facts.total > 1


@pytest.mark.parametrize(
    "words",
    ["lighthouse keeper " * 4, f'lighthouse "{"keeper " * 9}"', "tag:keeper " * 6],
    ids=["words", "phrase", "operators"],
)
def test_a_long_question_stays_about_own_pictures(
    make_shown: MakeShown, owner: User, stranger: User, gallery_setting: Any, words: str
) -> None:
    gallery_setting(max_query_length=54)
    tag = make_tag("keeper")
    for person in (owner, stranger):
        tag_image(make_shown(person, title="", caption="lighthouse keeper"), tag)
    answered = ask(f"How many of my pictures show {words}?", owner)
    assert answered.facts.counts == (1,)


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
