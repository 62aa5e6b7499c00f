from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from gallery.curation.moderation.decide import decide
from gallery.embeddings import spaces
from gallery.models import EmbeddingSpace, Image, ModerationAction, ReactionKind, Visibility
from gallery.recommendations.activity import consent, reactions, record
from gallery.recommendations.candidates import LEAST_LIKES
from gallery.recommendations.feed import Feed, recommend
from gallery.recommendations.interests import build
from gallery.recommendations.reasons import ReasonKind
from tests.builders import (
    make_embedded,
    make_embedding,
    make_near_duplicates,
    make_space,
    make_user,
)
from tests.recommendations.conftest import Like, MakeTopic, near

pytestmark = pytest.mark.django_db


def titles(feed: Feed) -> list[str]:
    return [each.image.title for each in feed.recommendations]


def keys(feed: Feed) -> list[object]:
    return [each.image.pk for each in feed.recommendations]


def test_each_taste_is_shown(owner: User, make_topic: MakeTopic, like: Like) -> None:
    topics = {topic: make_topic(topic, 12) for topic in range(1, 9)}
    like(owner, *topics[1][:4], *topics[2][:4], *topics[3][:4])
    shown = titles(recommend(owner, limit=10))
    for topic in (1, 2, 3):
        assert shown.count(f"topic {topic}") >= 2
    assert sum(title in ("topic 1", "topic 2", "topic 3") for title in shown) >= 9


def test_small_tastes_get_more_places(owner: User, make_topic: MakeTopic, like: Like) -> None:
    large, small = make_topic(1, 70), make_topic(2, 25)
    like(owner, *large[:4], *small[:4])
    shown = titles(recommend(owner, limit=20))
    assert shown.count("topic 2") > 1.5 * shown.count("topic 1") >= 3


def test_all_pictures_of_a_small_taste_are_shown(
    owner: User, make_topic: MakeTopic, like: Like
) -> None:
    large, small = make_topic(1, 70), make_topic(2, 9)
    make_topic(3, 60)
    like(owner, *large[:4], *small[:4])
    shown = titles(recommend(owner, limit=24))
    assert shown.count("topic 2") == 5
    assert shown.count("topic 1") >= 15


def test_tastes_alternate(owner: User, make_topic: MakeTopic, like: Like) -> None:
    first, second = make_topic(1, 20), make_topic(2, 20)
    like(owner, *first[:4], *second[:4])
    shown = titles(recommend(owner, limit=20))
    for start in range(0, 20, 4):
        assert len(set(shown[start : start + 4])) == 2


def test_a_reason_names_a_liked_picture(owner: User, make_topic: MakeTopic, like: Like) -> None:
    liked = make_topic(1, 3)
    others = make_topic(1, 5)
    Image.objects.filter(pk__in=[each.pk for each in others]).update(created_at="2020-01-01T00:00Z")
    like(owner, *liked)
    first = recommend(owner, limit=5).recommendations[0]
    assert first.reason.kind == ReasonKind.LIKED
    assert first.reason.image in liked


def test_judged_pictures_do_not_come_back(owner: User, make_topic: MakeTopic, like: Like) -> None:
    pictures = make_topic(1, 8)
    like(owner, *pictures[:3])
    reactions.react(owner, pictures[3], ReactionKind.DISLIKE)
    assert not set(keys(recommend(owner, limit=20))) & {each.pk for each in pictures[:4]}


def test_pictures_like_a_disliked_one_come_last(
    owner: User, make_topic: MakeTopic, like: Like
) -> None:
    liked, wrong = make_topic(1, 10), make_topic(2, 10)
    like(owner, *liked[:4])
    reactions.react(owner, wrong[0], ReactionKind.DISLIKE)
    shown = titles(recommend(owner, limit=15))
    assert shown[-9:] == ["topic 2"] * 9


def test_dislikes_end_an_interest(owner: User, make_topic: MakeTopic, like: Like) -> None:
    pictures = make_topic(1, 9)
    like(owner, *pictures[:2])
    assert recommend(owner, limit=5).is_personal
    like(owner, *pictures[2:8], kind=ReactionKind.DISLIKE)
    assert not recommend(owner, limit=5).is_personal


def test_pictures_of_others_stay_hidden(
    owner: User, stranger: User, make_topic: MakeTopic, like: Like
) -> None:
    liked, other = make_topic(1, 3), make_topic(1, 1)
    make_topic(1, 5, owner=stranger, visibility=Visibility.PRIVATE)
    like(owner, *liked)
    assert keys(recommend(owner, limit=20)) == [other[0].pk]
    assert len(recommend(stranger, limit=20).recommendations) == 9


def test_hidden_pictures_are_recommended_to_nobody(
    owner: User, curator: User, make_topic: MakeTopic, like: Like
) -> None:
    shown, hidden = make_topic(1, 6, owner=owner), make_topic(1, 2, owner=owner)
    decide([each.pk for each in hidden], ModerationAction.REJECT, user=curator)
    for person in (owner, curator):
        like(person, *shown[:3])
        assert set(keys(recommend(person, limit=20))) == {each.pk for each in shown[3:]}


def test_unseen_pictures_come_first(owner: User, make_topic: MakeTopic, like: Like) -> None:
    pictures = make_topic(1, 10)
    consent.give(owner)
    for image in pictures[3:6]:
        record.record_view(owner, image.pk)
    like(owner, *pictures[:3])
    assert set(keys(recommend(owner, limit=10))[-3:]) == {each.pk for each in pictures[3:6]}


def test_near_duplicates_are_spread(
    owner: User, space: EmbeddingSpace, make_topic: MakeTopic, like: Like
) -> None:
    """Of ten equal pictures and five others that are less near, the others are shown too."""
    liked = make_topic(1, 3)
    equal = make_embedded(space, [near(1, 50)] * 10)
    make_topic(1, 12)
    like(owner, *liked)
    first = keys(recommend(owner, limit=6))
    assert len(set(first) & {each.pk for each in equal}) <= 2


def test_one_of_some_near_duplicates_is_enough(owner: User, make_topic: MakeTopic) -> None:
    first, second, third = make_topic(1, 3)
    others = make_topic(2, 2)
    make_near_duplicates(first, second)
    make_near_duplicates(first, third)
    make_near_duplicates(*others, state="kept")
    feed = set(keys(recommend(owner, limit=10)))
    assert len(feed & {first.pk, second.pk, third.pk}) in (1, 2)
    assert not {first.pk, second.pk} <= feed
    assert not {first.pk, third.pk} <= feed
    assert {each.pk for each in others} <= feed


def test_without_likes_the_feed_is_mixed(owner: User, make_topic: MakeTopic) -> None:
    popular = make_topic(1, 1)[0]
    rare = make_topic(2, 1)[0]
    for topic in range(3, 9):
        make_topic(topic, 2)
    for number in range(LEAST_LIKES):
        person = make_user(f"person {number}")
        reactions.react(person, popular, ReactionKind.LIKE)
        if number:
            reactions.react(person, rare, ReactionKind.LIKE)
    feed = recommend(owner, limit=14)
    kinds = {each.image.pk: each.reason.kind for each in feed.recommendations}
    assert not feed.is_personal
    assert len(kinds) == 14
    assert kinds[popular.pk] == ReasonKind.POPULAR
    assert kinds[rare.pk] != ReasonKind.POPULAR
    assert {ReasonKind.NEW, ReasonKind.RANDOM} <= set(kinds.values())


def test_of_equal_pictures_the_newer_comes_first(
    owner: User, space: EmbeddingSpace, make_topic: MakeTopic, like: Like
) -> None:
    old, new = make_embedded(space, [near(1, 50)] * 2)
    Image.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=400))
    like(owner, *make_topic(1, 3))
    order = keys(recommend(owner, limit=2))
    assert order.index(new.pk) < order.index(old.pk)


def test_an_empty_gallery_has_an_empty_feed(owner: User, space: EmbeddingSpace) -> None:
    assert recommend(owner, limit=5).recommendations == []


def test_a_new_model_makes_new_interests(
    owner: User, space: EmbeddingSpace, make_topic: MakeTopic, like: Like
) -> None:
    pictures = make_topic(1, 6)
    like(owner, *pictures[:3])
    after = make_space(active=False)
    for number, image in enumerate(pictures):
        make_embedding(image, after, near(7, number))
    spaces.activate(after)
    assert not recommend(owner, limit=3).is_personal
    build.run()
    assert recommend(owner, limit=3).is_personal
