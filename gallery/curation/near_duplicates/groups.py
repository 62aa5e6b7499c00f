"""Groups of near-duplicates that a person may decide about."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from gallery.curation.near_duplicates.best import BestReason, quality, reason_for
from gallery.models import Image, NearDuplicatePair, User
from gallery.models.near_duplicates import NearDuplicatePairQuerySet

# Undecided pairs whose pictures are read for one list of groups, and those read with them.
_PAIRS = 1_000
_TOUCHING_PAIRS = 2_000
# Pairs of one picture, the most similar ones, and those read with them for its group.
_OWN_PAIRS = 50
_PAIRS_OF_GROUP = 200
# Near-duplicates of the best picture in one group. The next ones follow when these are decided.
MOST_OTHERS = 24


@dataclass(frozen=True)
class Member:
    """A picture, and how much it is like the best one of its group."""

    image: Image
    similarity: float
    distance: int


@dataclass(frozen=True)
class Group:
    """``more`` pictures, at least, belong to it besides ``others``, of which there are at most
    ``MOST_OTHERS``."""

    best: Image
    reason: BestReason
    others: list[Member]
    more: int = 0

    @property
    def members(self) -> list[Member]:
        """The best one first."""
        return [Member(self.best, 1.0, 0), *self.others]

    @property
    def images(self) -> list[Image]:
        return [member.image for member in self.members]


def undecided_pairs(user: User) -> NearDuplicatePairQuerySet:
    return NearDuplicatePair.objects.undecided().changeable_by(user)


def groups_of(user: User, *, limit: int) -> list[Group]:
    """The first groups, by their oldest pairs, of pictures that the user may change."""
    some = undecided_pairs(user).order_by("pk")[:_PAIRS]
    keys = {key for pair in some.values_list("first_id", "second_id") for key in pair}
    touching = undecided_pairs(user).touching(keys).order_by("pk")[:_TOUCHING_PAIRS]
    return _groups(user, list(touching))[:limit]


def group_with(image: Image, user: User) -> Group | None:
    """The group that has this picture, or one of its near-duplicates; None if there is none."""
    own = list(_pairs_of(image, user).order_by("-similarity", "pk")[:_OWN_PAIRS])
    keys = {key for pair in own for key in (pair.first_id, pair.second_id)}
    touching = undecided_pairs(user).touching(keys)[:_PAIRS_OF_GROUP] if keys else []
    pairs = {pair.pk: pair for pair in [*own, *touching]}
    groups = _groups(user, list(pairs.values()))
    with_image = [group for group in groups if image in group.images]
    near = [group for group in groups if any(other.pk in keys for other in group.images)]
    return next(iter(with_image or near), None)


def count_with(image: Image, user: User) -> int:
    """How many near-duplicates of this picture the user may decide about, at most
    ``MOST_OTHERS``."""
    return _pairs_of(image, user)[:MOST_OTHERS].count()


def _pairs_of(image: Image, user: User) -> NearDuplicatePairQuerySet:
    return undecided_pairs(user).touching([image.pk])


def _groups(user: User, pairs: Sequence[NearDuplicatePair]) -> list[Group]:
    touched = {key for pair in pairs for key in (pair.first_id, pair.second_id)}
    images = Image.objects.changeable_by(user).select_related("owner").defer("exif", "metadata")
    return grouped(list(images.in_bulk(list(touched)).values()), pairs)


def grouped(images: Sequence[Image], pairs: Sequence[NearDuplicatePair]) -> list[Group]:
    """Each image joins the best one that it forms a pair with.

    That one must not have joined another, so a chain of images, each a little different from the
    one before, does not become one group. The groups are in the order of their oldest pairs.
    """
    partners: dict[uuid.UUID, dict[uuid.UUID, NearDuplicatePair]] = defaultdict(dict)
    for pair in pairs:
        partners[pair.first_id][pair.second_id] = pair
        partners[pair.second_id][pair.first_id] = pair
    members: dict[uuid.UUID, list[Member]] = {}  # Of the best images, best first.
    for image in sorted(images, key=quality, reverse=True):
        best = next((key for key in members if key in partners[image.pk]), None)
        if best is None:
            members[image.pk] = []
        else:
            members[best].append(_member(image, partners[image.pk][best]))
    by_key = {image.pk: image for image in images}
    groups = [_group(by_key[key], others) for key, others in members.items() if others]
    return sorted(groups, key=lambda group: _oldest_pair(group, partners[group.best.pk]))


def _member(image: Image, pair: NearDuplicatePair) -> Member:
    return Member(image, pair.similarity or 0.0, pair.distance or 0)


def _group(best: Image, others: list[Member]) -> Group:
    reason = reason_for(best, [member.image for member in others])
    return Group(best, reason, others[:MOST_OTHERS], max(0, len(others) - MOST_OTHERS))


def _oldest_pair(group: Group, partners: dict[uuid.UUID, NearDuplicatePair]) -> int:
    return min(partners[member.image.pk].pk for member in group.others)
