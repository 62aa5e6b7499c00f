from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gallery.core.dispatch import Stage
from gallery.core.errors import NoVector
from gallery.embeddings import encode
from gallery.models import Image, Interest, Reaction, TasteProfile
from gallery.recommendations.activity import consent, erase, reactions, record
from gallery.recommendations.interests import build
from gallery.recommendations.interests.clusters import clusters_of
from tests.builders import moderate, unit_vector
from tests.conftest import Hint
from tests.recommendations.conftest import Like, MakeTopic, near

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("topics", [1, 2, 4, 6])
def test_there_is_a_cluster_per_topic(topics: int) -> None:
    rows = np.stack([near(topic, n) for topic in range(1, topics + 1) for n in range(6)])
    clusters = clusters_of(rows.astype(float), np.ones(len(rows)))
    assert [len({member // 6 for member in each.members}) for each in clusters] == [1] * topics
    assert sorted(member for each in clusters for member in each.members) == list(range(len(rows)))


def test_equal_pictures_are_one_interest(owner: User, make_topic: MakeTopic, like: Like) -> None:
    like(owner, *make_topic(1, 1))
    assert [each.weight for each in Interest.objects.all()] == [1.0]
    rows = np.stack([unit_vector(1)] * 5).astype(float)
    assert len(clusters_of(rows, np.ones(5))) == 1


def test_recent_likes_weigh_more(owner: User, make_topic: MakeTopic, like: Like) -> None:
    old, new = make_topic(1, 4), make_topic(2, 4)
    like(owner, *old, *new)
    past = timezone.now() - timedelta(days=60)
    Reaction.objects.filter(image__in=old).update(at=past)
    like(owner, new[0])
    first, second = Interest.objects.all()
    assert set(first.images) == {each.pk for each in new}
    assert first.weight == pytest.approx(4 * second.weight, rel=0.01)


def test_a_search_is_an_interest_of_its_own(
    owner: User, make_topic: MakeTopic, monkeypatch: pytest.MonkeyPatch
) -> None:
    def text_vectors(space: object, texts: list[str]) -> Any:
        return [unit_vector(90) for _ in texts]

    monkeypatch.setattr(encode, "text_vectors", text_vectors)
    consent.give(owner)
    record.record_search(owner, "red boat")
    reactions.react(owner, make_topic(1, 1)[0], "like")  # type: ignore[arg-type]
    build.run()
    named = [(each.kind, each.texts) for each in Interest.objects.all()]
    assert named == [("picture", []), ("text", ["red boat"])]


def test_a_change_is_built_by_the_worker(
    owner: User,
    make_topic: MakeTopic,
    hints: list[Hint],
    django_capture_on_commit_callbacks: Any,
) -> None:
    image = make_topic(1, 1)[0]
    with django_capture_on_commit_callbacks(execute=True):
        reactions.react(owner, image, "like")  # type: ignore[arg-type]
    assert (Stage.BUILD_INTERESTS, ()) in hints
    build.run()
    before = TasteProfile.objects.get().built_at
    build.run()
    assert TasteProfile.objects.get().built_at == before


@pytest.mark.parametrize("action", ["delete", "block", "make private"])
def test_a_day_later_nothing_is_of_a_lost_picture(
    owner: User, stranger: User, make_topic: MakeTopic, like: Like, action: str
) -> None:
    lost, kept = make_topic(1, 1, owner=stranger)[0], make_topic(2, 1)[0]
    like(owner, lost, kept)
    if action == "delete":
        lost.delete()
    elif action == "block":
        moderate(lost, "block")
    else:
        Image.objects.filter(pk=lost.pk).update(visibility="private")
    TasteProfile.objects.update(built_at=timezone.now() - timedelta(hours=25))
    build.run()
    assert [each.images for each in Interest.objects.all()] == [[kept.pk]]


def test_erased_activity_is_not_built_again(
    owner: User, make_topic: MakeTopic, like: Like, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The person erases it while the worker computes."""
    like(owner, make_topic(1, 1)[0])
    reactions.react(owner, make_topic(2, 1)[0], "like")  # type: ignore[arg-type]

    def erasing(*args: Any, **kwargs: Any) -> Any:
        erase.erase(owner)
        return clusters_of(*args, **kwargs)

    monkeypatch.setattr(build, "clusters_of", erasing)
    build.run()
    assert not Interest.objects.exists()
    assert not TasteProfile.objects.exists()


def test_lists_of_interests_read_no_vectors(owner: User, make_topic: MakeTopic, like: Like) -> None:
    like(owner, *make_topic(1, 2))
    with CaptureQueriesContext(connection) as queries:
        assert list(TasteProfile.objects.get().interests.all())
    assert not any('"vector"' in each["sql"] for each in queries)


def test_a_text_without_a_vector_leaves_the_others(
    owner: User, make_topic: MakeTopic, monkeypatch: pytest.MonkeyPatch
) -> None:
    def text_vectors(space: object, texts: list[str]) -> Any:
        if "???" in texts:
            raise NoVector("It has none.")
        return [unit_vector(90) for _ in texts]

    monkeypatch.setattr(encode, "text_vectors", text_vectors)
    make_topic(1, 1)
    consent.give(owner)
    for text in ("red boat", "???"):
        record.record_search(owner, text)
    build.run()
    assert [each.texts for each in Interest.objects.all()] == [["red boat"]]
