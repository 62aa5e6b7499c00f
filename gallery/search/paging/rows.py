"""The rows of a page of hits, with everything about them in one statement."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import IntegerField, OuterRef, QuerySet, Subquery

from gallery.encoders.base import Vector
from gallery.models import Embedding, EmbeddingSpace, Image, ImageQuerySet, User
from gallery.vectorindex.similarity import similarity_to


class Count(Subquery):
    """The number of rows of a queryset, which does not depend on the outer row: PostgreSQL counts
    once for a statement.
    """

    template = "(SELECT count(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


@dataclass(frozen=True, kw_only=True)
class RowOptions:
    """What the rows have besides the image.

    ``vector`` asks for the similarity to it, ``vectors_for`` for the stored vectors of images
    that this person owns, and ``counts`` for the number of rows of these querysets.
    """

    space: EmbeddingSpace | None = None
    vector: Vector | None = None
    vectors_for: User | None = None
    counts: tuple[tuple[str, QuerySet[Any, Any]], ...] = ()


def rows_of(
    ids: Collection[uuid.UUID], images: ImageQuerySet, options: RowOptions
) -> dict[uuid.UUID, Image]:
    """The rows of those ``ids`` that are among ``images``, each with its owner."""
    if not ids:
        return {}
    return {row.pk: row for row in rows_with(images.filter(pk__in=ids), options)}


def rows_with(images: ImageQuerySet, options: RowOptions) -> ImageQuerySet:
    """Rows with the attributes ``query_similarity`` and ``own_vector``, and with the counts."""
    return cast(ImageQuerySet, images.select_related("owner").annotate(**_extras(options)))


def _extras(options: RowOptions) -> dict[str, Any]:
    extras: dict[str, Any] = {name: Count(images) for name, images in options.counts}
    if options.space is None:
        return extras
    stored = Embedding.objects.filter(image_id=OuterRef("pk"), space_id=options.space.pk)
    if options.vector is not None:
        extras["query_similarity"] = Subquery(stored.values(value=similarity_to(options.vector)))
    if options.vectors_for is not None and options.vectors_for.is_authenticated:
        own = stored.filter(image__owner_id=options.vectors_for.pk)
        extras["own_vector"] = Subquery(own.values("vector"))
    return extras
