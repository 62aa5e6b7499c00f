"""Which pictures are near-duplicates, and when they are compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User

from gallery.core.dispatch import Stage
from gallery.curation.near_duplicates import find
from gallery.curation.near_duplicates.decide import keep_all, reopen
from gallery.curation.near_duplicates.groups import (
    MOST_OTHERS,
    Group,
    count_with,
    group_with,
    groups_of,
)
from gallery.models import EmbeddingSpace, Image, NearDuplicateItem, NearDuplicatePair
from tests.builders import make_embedding, make_image, make_space, unit, unit_vector
from tests.conftest import Hint
from tests.embeddings.conftest import MakeSearchable

pytestmark = pytest.mark.django_db(transaction=True)

Make = Callable[..., Image]
BASE = 0x5A5A_1234_0F0F_7777


@pytest.fixture
def active(db: None) -> EmbeddingSpace:
    return make_space()


@pytest.fixture
def make(owner: User, active: EmbeddingSpace) -> Make:
    """``make(bits, cosine)``: a picture whose hash has so many other bits than ``BASE``, and whose
    vector has this cosine with that of the first one."""

    def make(bits: int = 0, cosine: float = 1.0, **fields: Any) -> Image:
        value = BASE ^ ((1 << bits) - 1)
        hashes = {"perceptual_hash": value, "detail_hash": bytes(32)}
        image = make_image(**{"owner": owner, **hashes, **fields})
        first, other = unit_vector(1), unit_vector(2)
        other = unit(other - (other @ first) * first)
        vector = unit(cosine * first + np.sqrt(1 - cosine**2) * other)
        make_embedding(image, active, vector)
        NearDuplicateItem.objects.add_for([image.pk])
        return image

    return make


def pairs() -> set[frozenset[object]]:
    rows = NearDuplicatePair.objects.undecided().values_list("first_id", "second_id")
    return {frozenset(row) for row in rows}


def pair(first: Image, second: Image) -> frozenset[object]:
    return frozenset((first.pk, second.pk))


def titles(groups: Sequence[Group]) -> list[list[str]]:
    return [[image.title for image in group.images] for group in groups]


def test_hashes_and_vector_must_all_agree(make: Make) -> None:
    first, copy = make(), make(10, 0.9)
    make(30, 1.0)
    make(0, 0.3)
    make(detail_hash=b"\xff" * 8 + bytes(24))
    find.run()
    assert pairs() == {pair(first, copy)}


def test_plain_pictures_are_not_compared(make: Make) -> None:
    make(detail_hash=b"")
    make(detail_hash=b"")
    find.run()
    assert pairs() == set()


def test_pictures_of_others_are_not_compared(make: Make, owner: User, stranger: User) -> None:
    make()
    make(owner=stranger)
    make(owner=None)
    find.run()
    assert pairs() == set()
    assert groups_of(owner, limit=9) == []


def test_pictures_without_an_owner_are_compared(make: Make, curator: User, owner: User) -> None:
    first, second = make(owner=None), make(owner=None)
    find.run()
    assert pairs() == {pair(first, second)}
    assert groups_of(owner, limit=9) == []
    assert len(groups_of(curator, limit=9)) == 1


def test_a_new_picture_is_compared(make: Make) -> None:
    first = make()
    find.run()
    copy = make(2)
    find.run()
    assert pairs() == {pair(first, copy)}
    assert not NearDuplicateItem.objects.exists()


def test_embedding_starts_the_comparison(
    make_searchable: MakeSearchable, hints: list[Hint]
) -> None:
    make_searchable(1)
    assert (Stage.FIND_NEAR_DUPLICATES, ()) in hints
    assert NearDuplicateItem.objects.count() == 1


def test_all_are_compared_after_a_change_of_encoder(
    make: Make, active: EmbeddingSpace, owner: User
) -> None:
    images = [make(cosine=1.0), make(cosine=0.9)]
    find.run()
    assert len(pairs()) == 1
    EmbeddingSpace.objects.filter(pk=active.pk).update(active=False)
    other = make_space()
    for seed, image in enumerate(images):
        make_embedding(image, other, unit_vector(seed))
    find.run()
    assert pairs() == set()


def test_an_old_picture_is_compared_once_it_has_a_hash(make: Make) -> None:
    first = make()
    old = make(perceptual_hash=None)
    find.run()
    assert pairs() == set()
    Image.objects.filter(pk=old.pk).update(perceptual_hash=first.perceptual_hash)
    NearDuplicateItem.objects.add_for([old.pk])
    find.run()
    assert pairs() == {pair(first, old)}


def test_a_deleted_picture_leaves_its_group(make: Make, owner: User) -> None:
    images = [make(), make(), make()]
    find.run()
    images[0].delete()
    find.run()
    assert pairs() == {pair(images[1], images[2])}


def test_the_largest_picture_is_the_best(make: Make, owner: User) -> None:
    make(title="small", width=30, height=20)
    make(title="large", width=600, height=400)
    make(title="damaged", width=1200, height=800, damaged=True)
    find.run()
    (group,) = groups_of(owner, limit=9)
    assert titles([group]) == [["large", "small", "damaged"]]
    assert group.reason == "intact"  # the damaged one has more pixels


@pytest.mark.parametrize(
    ("better", "reason"),
    [
        ({"width": 600}, "pixels"),
        ({"camera": "Contoso X100"}, "camera"),
        ({"size": 5000}, "file_size"),
        ({}, "first_upload"),
    ],
)
def test_the_reason_names_what_is_better(
    make: Make, owner: User, better: dict[str, object], reason: str
) -> None:
    best = make(**better)
    make()
    find.run()
    (group,) = groups_of(owner, limit=9)
    assert (group.best, group.reason) == (best, reason)


def test_a_chain_does_not_become_one_group(make: Make, owner: User) -> None:
    """Neighbours differ in 8 bits, the ends of the chain in 32."""
    chain = [make(8 * step, title=str(step), width=1000 - step) for step in range(5)]
    find.run()
    assert len(pairs()) == 4
    assert sorted(titles(groups_of(owner, limit=9))) == [["0", "1"], ["2", "3"]]
    last = group_with(chain[4], owner)
    assert last is not None
    assert "3" in titles([last])[0], "the group of its only near-duplicate"


def test_a_picture_that_is_kept_is_not_proposed_again(make: Make, owner: User) -> None:
    images = [make(), make(), make()]
    keys = [image.pk for image in images]
    find.run()
    keep_all(keys, user=owner)
    NearDuplicateItem.objects.add_for(keys)
    copy = make()
    find.run()
    assert pairs() == {pair(copy, image) for image in images}
    copy.delete()
    assert reopen(keys, user=owner) == 3
    assert len(pairs()) == 3


def test_equal_pictures_share_no_few_partners(make: Make, owner: User) -> None:
    """A picture has its own 50 pairs, and those of the at most 100 whose keys are near."""
    images = [make() for _ in range(300)]
    find.run()
    partners = Counter(key for pair in pairs() for key in pair)
    assert min(partners.values()) >= 50
    assert max(partners.values()) <= 150
    for image in (images[0], images[-1]):
        group = group_with(image, owner)
        assert group is not None
        assert 1 <= len(group.others) <= MOST_OTHERS
        assert count_with(image, owner) == MOST_OTHERS


def test_a_killed_slice_is_compared_again(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    first, copy = make(), make()
    with monkeypatch.context() as patch:
        patch.setattr(find, "compare", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            find.run()
    find.run()
    assert pairs() == {pair(first, copy)}
