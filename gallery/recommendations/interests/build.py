"""The stage that computes the interests of people whose activity, or whose space, has changed, and
of everybody once a day."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from gallery.core.dispatch import Stage, hint
from gallery.core.errors import GalleryError
from gallery.core.query_kind import QueryKind
from gallery.embeddings import spaces
from gallery.jobs import slices
from gallery.models import EmbeddingSpace, Interest, TasteProfile
from gallery.models.locks import Lock, if_free
from gallery.recommendations.interests import positives
from gallery.recommendations.interests.clusters import MOST_CLUSTERS, Cluster, clusters_of
from gallery.recommendations.interests.dislikes import reduced

log = logging.getLogger(__name__)

# A worker that is stopped finishes its slice; it is killed ten seconds later.
_SLICE_SECONDS = 7.0
# What was made of pictures that are deleted since, or out of the person's sight, stays as long.
_KEPT = timedelta(days=1)
# Pictures, and texts, that an interest names.
_MOST_NAMED = 12


def run(seconds: float = _SLICE_SECONDS) -> None:
    """Compute for about ``seconds``, and hint the next slice if there is more.

    Called by the clock, and after each change of activity. It does nothing while another process
    computes, or while there is no encoder. A change of model makes all profiles due.
    """
    with if_free(Lock.BUILD_INTERESTS) as is_held:
        if not is_held:
            return
        try:
            more = slices.run(_build_next, seconds)
        except GalleryError as error:
            log.warning("interests cannot be computed: %s", error)
            return
    if more:
        hint(Stage.BUILD_INTERESTS)


def _build_next() -> bool:
    if not TasteProfile.objects.exists():
        return False
    space = spaces.active()
    profile = _next_due(space)
    if profile is None:
        return False
    _store(profile, space, _interests_of(profile, space))
    return True


def _next_due(space: EmbeddingSpace) -> TasteProfile | None:
    """Those with changes first; then those that were computed too long ago."""
    profiles = TasteProfile.objects.order_by(F("built_at").asc(nulls_first=True), "pk")
    old = profiles.filter(built_at__lt=timezone.now() - _KEPT)
    return profiles.due_in(space).first() or old.first()


def _interests_of(profile: TasteProfile, space: EmbeddingSpace) -> list[Interest]:
    """With weights of the sum 1, the heaviest first; not saved."""
    user = get_user_model().objects.get(pk=profile.user_id)
    pictures = positives.liked_and_viewed(user, space)
    texts = positives.searched(user, space)
    disliked = positives.disliked(user, space)
    # Pictures and texts lie in different regions of the space, so no cluster has both.
    of_pictures = clusters_of(pictures.rows, pictures.weights)
    of_pictures = reduced(of_pictures, pictures.rows, disliked)
    of_texts = clusters_of(texts.rows, texts.weights)
    interests = [
        _interest(profile, cluster, images=[pictures.keys[n] for n in cluster.members])
        for cluster in of_pictures
    ]
    interests += [
        _interest(profile, cluster, texts=[texts.keys[n] for n in cluster.members])
        for cluster in of_texts
    ]
    heaviest = sorted(interests, key=lambda each: -each.weight)[:MOST_CLUSTERS]
    total = sum(each.weight for each in heaviest)
    for each in heaviest:
        each.weight /= total
    return heaviest


def _interest(profile: TasteProfile, cluster: Cluster, **named: list[object]) -> Interest:
    return Interest(
        profile=profile,
        kind=QueryKind.TEXT if "texts" in named else QueryKind.PICTURE,
        weight=cluster.weight,
        vector=cluster.centre,
        **{name: keys[:_MOST_NAMED] for name, keys in named.items()},
    )


@transaction.atomic
def _store(profile: TasteProfile, space: EmbeddingSpace, interests: list[Interest]) -> None:
    """Store nothing if the person has erased the activity, or another space is active now."""
    if not spaces.hold(space):
        return
    if not TasteProfile.objects.select_for_update().filter(pk=profile.pk).exists():
        return
    Interest.objects.filter(profile=profile).delete()
    Interest.objects.bulk_create(interests)
    TasteProfile.objects.filter(pk=profile.pk).update(
        space=space, built_changes=profile.changes, built_at=timezone.now()
    )
