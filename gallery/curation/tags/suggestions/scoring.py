"""Keeps the vectors and thresholds of the tags that are suggested."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence

import numpy as np
from django.db import transaction
from django.db.models import Count, QuerySet
from django.db.models.functions import Now

from gallery.curation.tags.suggestions import prompts
from gallery.curation.tags.suggestions.matches import Vocabulary
from gallery.curation.tags.suggestions.thresholds import (
    Decisions,
    Distribution,
    distribution,
    threshold_of,
)
from gallery.embeddings import spaces
from gallery.encoders.base import Vectors
from gallery.models import WIDTH, Embedding, EmbeddingSpace, ImageTag, Tag, TagScoring, TagState
from gallery.vectorindex.calibration.sample import sample

# 5,000 vectors are 10 MB.
_SAMPLE = 5_000
# A smaller gallery says too little about pictures without the tag.
LEAST_PICTURES = 30
# So many new decisions about a tag move its threshold.
_NEW_DECISIONS = 5
# The newest decisions about a tag that count.
_MOST = 500
# About 50 texts; a large text model encodes them in a second.
_TAGS_AT_ONCE = 16


def keep(space: EmbeddingSpace, *, is_over: Callable[[], bool]) -> bool:
    """Measure the tags that are new or changed, and move the thresholds of those with decisions.

    False if it ended early because the slice ``is_over``; some tags are measured even then. Raises
    like ``encode.text_vectors``.
    """
    tags = list(Tag.objects.compared().order_by("pk"))
    prompts_of = dict(TagScoring.objects.filter(space=space).values_list("tag_id", "prompts"))
    due = [tag for tag in tags if prompts_of.get(tag.pk) != prompts.digest_of(tag)]
    if due and not _measure(space, due, is_over):
        return False
    _move_thresholds(space)
    return True


def _move_thresholds(space: EmbeddingSpace) -> None:
    counts = dict(_decided().values_list("tag_id").annotate(Count("pk")).order_by())
    rows = TagScoring.objects.filter(space=space, tag__in=Tag.objects.compared()).defer("vector")
    for row in rows:
        decisions = counts.get(row.tag_id, 0)
        if abs(decisions - row.decisions) >= _NEW_DECISIONS:
            _move(space, row, decisions)


def read(space: EmbeddingSpace) -> tuple[list[Tag], Vocabulary, str]:
    """The tags that are suggested or have a rule, as they are compared with pictures, and a digest
    that changes with everything that the suggestions depend on."""
    rows = list(
        TagScoring.objects.filter(space=space, tag__in=Tag.objects.compared())
        .select_related("tag")
        .order_by("tag_id")
    )
    tags = [row.tag for row in rows]
    thresholds = [row.threshold if row.tag.threshold is None else row.tag.threshold for row in rows]
    vectors = np.array([row.vector for row in rows], dtype=np.float32).reshape(-1, WIDTH)
    kinds = [tag.kind for tag in tags]
    facts = [
        [tag.pk, kind, row.prompts, round(threshold, 4)]
        for tag, kind, row, threshold in zip(tags, kinds, rows, thresholds, strict=True)
    ]
    digest = hashlib.sha256(json.dumps(facts).encode()).hexdigest()
    scale = float(spaces.encoder_of(space).logit_scale) if rows else 1.0
    return tags, Vocabulary(vectors, kinds, np.array(thresholds, np.float32), scale), digest


def _decided() -> QuerySet[ImageTag]:
    return ImageTag.objects.filter(decided_by__isnull=False)


def _measure(space: EmbeddingSpace, tags: Sequence[Tag], is_over: Callable[[], bool]) -> bool:
    """False if some tags are left."""
    _, pictures = sample(space, _SAMPLE)
    if len(pictures) < LEAST_PICTURES:
        return True
    for start in range(0, len(tags), _TAGS_AT_ONCE):
        if start and is_over():
            return False
        some = tags[start : start + _TAGS_AT_ONCE]
        vectors = prompts.vectors_of(space, some)
        _store(space, some, vectors, distribution(pictures @ vectors.T))
    return True


@transaction.atomic
def _store(
    space: EmbeddingSpace,
    tags: Sequence[Tag],
    vectors: Vectors,
    distributions: Sequence[Distribution],
) -> None:
    """Of tags that still exist, which are locked until their rows are written."""
    locked = Tag.objects.filter(pk__in=[tag.pk for tag in tags]).order_by("pk")
    existing = set(locked.select_for_update(no_key=True).values_list("pk", flat=True))
    rows = [
        TagScoring(
            tag=tag,
            space=space,
            prompts=prompts.digest_of(tag),
            vector=vector,
            median=measured.median,
            spread=measured.spread,
            threshold=threshold_of(measured),
            decisions=0,
            measured_at=Now(),
        )
        for tag, vector, measured in zip(tags, vectors, distributions, strict=True)
        if tag.pk in existing
    ]
    TagScoring.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["tag", "space"],
        update_fields=["prompts", "vector", "median", "spread", "threshold", "decisions",
                       "measured_at"],
    )  # fmt: skip


def _move(space: EmbeddingSpace, row: TagScoring, count: int) -> None:
    """Take the newest of ``count`` decisions into account."""
    decided = _decided().filter(tag_id=row.tag_id).order_by("-decided_at")
    newest = dict(decided.values_list("image_id", "state")[:_MOST])
    vectors = Embedding.objects.filter(space=space, image_id__in=newest)
    cosines = {
        key: float(np.asarray(vector) @ np.asarray(row.vector))
        for key, vector in vectors.values_list("image_id", "vector")
    }
    decisions = Decisions(*(
        tuple(cosine for key, cosine in cosines.items() if newest[key] == state)
        for state in (TagState.APPROVED, TagState.REJECTED)
    ))  # fmt: skip
    threshold = threshold_of(Distribution(row.median, row.spread), decisions)
    TagScoring.objects.filter(pk=row.pk).update(threshold=threshold, decisions=count)
