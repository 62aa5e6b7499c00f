"""What people decide about near-duplicates that they keep."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from itertools import combinations

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from gallery.core.errors import NearDuplicatesChanged
from gallery.models import Image, NearDuplicatePair, PairState, User


def require_group(keys: Collection[uuid.UUID], user: User) -> None:
    """Raises ``NearDuplicatesChanged`` unless the user may change these images and undecided pairs
    connect all of them. Locks the images until the end of the transaction."""
    _require_connected(keys, NearDuplicatePair.objects.undecided().among(_locked(keys, user)))


def _locked(keys: Collection[uuid.UUID], user: User) -> list[uuid.UUID]:
    """Those of the images that the user may change."""
    images = Image.objects.changeable_by(user).filter(pk__in=keys).order_by("pk")
    return list(images.select_for_update(of=("self",)).values_list("pk", flat=True))


def _require_connected(keys: Collection[uuid.UUID], pairs: QuerySet[NearDuplicatePair]) -> None:
    rows = list(pairs.values_list("first_id", "second_id"))
    if not rows or _connected(rows) != set(keys):
        raise NearDuplicatesChanged("These pictures have changed. Look at them again.")


def _connected(pairs: Sequence[tuple[uuid.UUID, uuid.UUID]]) -> set[uuid.UUID]:
    """The images that one can reach from the first one."""
    partners: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for first, second in pairs:
        partners[first].add(second)
        partners[second].add(first)
    reached: set[uuid.UUID] = set()
    following = {pairs[0][0]}
    while following:
        reached |= following
        following = {other for key in following for other in partners[key]} - reached
    return reached


@transaction.atomic
def keep_all(keys: Collection[uuid.UUID], *, user: User) -> None:
    """No two of these images are proposed as near-duplicates again.

    Raises ``NearDuplicatesChanged``.
    """
    require_group(keys, user)
    decided = {"state": PairState.KEPT, "decided_by_id": user.pk, "decided_at": Now()}
    NearDuplicatePair.objects.bulk_create(
        [
            NearDuplicatePair(first_id=first, second_id=second, **decided)
            for first, second in combinations(sorted(set(keys)), 2)
        ],
        update_conflicts=True,
        unique_fields=["first", "second"],
        update_fields=["state", "decided_by", "decided_at"],
    )


@transaction.atomic
def reopen(keys: Collection[uuid.UUID], *, user: User) -> int:
    """Undo ``keep_all`` of this person for these images; returns how many pairs are open again.

    Raises ``NearDuplicatesChanged`` unless pairs that this person kept connect all of them.
    """
    kept_pairs = NearDuplicatePair.objects.among(_locked(keys, user)).filter(
        state=PairState.KEPT, decided_by=user.pk
    )
    _require_connected(keys, kept_pairs)
    kept_pairs.filter(similarity=None).delete()
    return kept_pairs.update(state=PairState.OPEN, decided_by=None, decided_at=None)
