"""Compares pictures with all others of their owner, and stores the pairs that are alike."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import connection, transaction

from gallery.curation.near_duplicates.candidates import Candidate, candidates
from gallery.models import EmbeddingSpace, Image, NearDuplicatePair
from gallery.models.images.kept import keep
from gallery.vectorindex.duplicates import similarities

# What two pictures whose perceptual hashes are nearly the same must also have: the least cosine of
# their vectors, and the most different bits of their detail hashes, of 256. Measured in decision
# 0030.
LEAST_SIMILARITY = 0.7
MOST_DIFFERENT_DETAILS = 52
# So many pairs of vectors are compared in 0.1 s.
_CHUNK = 10_000


@transaction.atomic
def compare(keys: Sequence[uuid.UUID], space: EmbeddingSpace) -> list[uuid.UUID]:
    """Replace the undecided pairs of these images, which the caller keeps. What people decided
    stays. Returns those that are to be compared again: another transaction deletes a partner of
    theirs, or decides about it.
    """
    by_owner: dict[int | None, list[uuid.UUID]] = defaultdict(list)
    rows = Image.objects.filter(pk__in=keys).exclude(perceptual_hash=None)
    for key, owner_id in rows.values_list("pk", "owner_id"):
        by_owner[owner_id].append(key)
    near = {pair for owner_id, own in by_owner.items() for pair in candidates(own, owner_id)}
    ordered = sorted(near)
    return _store(keys, [
        (pair, similarity)
        for start in range(0, len(ordered), _CHUNK)
        for pair, similarity in _alike(ordered[start : start + _CHUNK], space)
    ])  # fmt: skip


def _alike(pairs: Sequence[Candidate], space: EmbeddingSpace) -> Iterable[tuple[Candidate, float]]:
    near = list(_with_same_details(pairs))
    cosines = similarities(
        space, [(pair.first, pair.second) for pair in near], at_least=LEAST_SIMILARITY
    )
    for pair in near:
        similarity = cosines.get((pair.first, pair.second))
        if similarity is not None:
            yield pair, similarity


def _with_same_details(pairs: Sequence[Candidate]) -> Iterable[Candidate]:
    keys = {key for pair in pairs for key in (pair.first, pair.second)}
    rows = Image.objects.filter(pk__in=keys).exclude(detail_hash=None).exclude(detail_hash=b"")
    hashes = {key: int.from_bytes(value) for key, value in rows.values_list("pk", "detail_hash")}
    for pair in pairs:
        if pair.first in hashes and pair.second in hashes:
            different = (hashes[pair.first] ^ hashes[pair.second]).bit_count()
            if different <= MOST_DIFFERENT_DETAILS:
                yield pair


def _store(keys: Sequence[uuid.UUID], pairs: Sequence[tuple[Candidate, float]]) -> list[uuid.UUID]:
    outdated = NearDuplicatePair.objects.undecided().touching(keys)
    old = list(outdated.values_list("pk", "first_id", "second_id"))
    ends = {(pair.first, pair.second) for pair, _ in pairs} | {(row[1], row[2]) for row in old}
    kept = keep({key for both in ends for key in both})
    removable = [pk for pk, *both in old if kept.issuperset(both)]
    storable = [each for each in pairs if kept.issuperset(each[0][:2])]
    firsts = [pair.first for pair, _ in storable]
    seconds = [pair.second for pair, _ in storable]
    distances = [pair.distance for pair, _ in storable]
    with connection.cursor() as cursor:
        cursor.execute(_REMOVE, [removable, firsts, seconds])
        cursor.execute(_ADD, [firsts, seconds, distances, [value for _, value in storable]])
    left = {key for both in ends if not kept.issuperset(both) for key in both}
    return [key for key in keys if key in left]


_REMOVE = """
DELETE FROM gallery_nearduplicatepair
WHERE id = ANY (%s) AND state = 'open'
    AND (first_id, second_id) NOT IN (SELECT * FROM unnest(%s::uuid[], %s::uuid[]))
"""
_ADD = """
INSERT INTO gallery_nearduplicatepair (first_id, second_id, distance, similarity, state)
SELECT first_id, second_id, distance, similarity, 'open'
FROM unnest(%s::uuid[], %s::uuid[], %s::int[], %s::float8[])
    AS p(first_id, second_id, distance, similarity)
ORDER BY first_id, second_id
ON CONFLICT (first_id, second_id) DO UPDATE
SET distance = excluded.distance, similarity = excluded.similarity
"""
