"""The vector of each term of a query: text, picture, image of the gallery, crop, raw vector."""

from __future__ import annotations

import dataclasses
import functools
import io
import uuid
from collections.abc import Collection, Container, Mapping
from dataclasses import dataclass

import numpy as np
import PIL.Image
from django.db.models import OuterRef, Subquery

from gallery.core.errors import InvalidInput, NotFound
from gallery.core.query_kind import QueryKind
from gallery.embeddings import encode
from gallery.encoders.base import Vector
from gallery.media.storage import preview_path
from gallery.models import Embedding, EmbeddingSpace, ImageQuerySet
from gallery.search import query_pictures
from gallery.search.query import Crop, Term

# A smaller crop has no details that an encoder could recognise.
MIN_CROP_SIDE = 32


@dataclass(frozen=True)
class TermVector:
    """A unit vector and its weight. ``kind`` is None for a raw vector."""

    vector: Vector
    weight: float
    kind: QueryKind | None

    def scaled(self, factor: float) -> TermVector:
        return dataclasses.replace(self, weight=self.weight * factor)


def stored_vectors(
    image_ids: Collection[uuid.UUID], space: EmbeddingSpace, visible: ImageQuerySet
) -> dict[uuid.UUID, Vector | None]:
    """The images' vectors in ``space``, in one statement; None for an image without one.

    Raises ``NotFound``, with its ``image_id`` in ``data``, if one of the images does not exist or
    is not visible.
    """
    if not image_ids:
        return {}
    own = Embedding.objects.filter(image_id=OuterRef("pk"), space_id=space.pk)
    rows = visible.filter(pk__in=image_ids).values_list("pk", Subquery(own.values("vector")))
    vectors = {
        key: None if vector is None else np.asarray(vector, dtype=np.float32)
        for key, vector in rows
    }
    _check_known(image_ids, vectors)
    return vectors


def check_visible(image_ids: Collection[uuid.UUID], visible: ImageQuerySet) -> None:
    """Raises ``NotFound`` like ``stored_vectors``, without reading vectors."""
    if image_ids:
        _check_known(image_ids, set(visible.filter(pk__in=image_ids).values_list("pk", flat=True)))


def _check_known(image_ids: Collection[uuid.UUID], known: Container[uuid.UUID]) -> None:
    for image_id in image_ids:
        if image_id not in known:
            raise NotFound("The image does not exist.", image_id=str(image_id))


def term_vectors(
    terms: tuple[Term, ...],
    space: EmbeddingSpace,
    stored: Mapping[uuid.UUID, Vector | None],
    *,
    first_index: int = 0,
) -> list[TermVector] | None:
    """One vector for each term, or None if the image of a term has no vector yet.

    ``stored`` has the vectors of all images of the terms. All texts are encoded in one batch.
    ``first_index`` is the index of the first term in errors. Raises ``NotFound``, ``InvalidInput``
    for a crop that is too small, and like ``encode``.
    """
    texts = [term.text for term in terms if term.text]
    of_texts = iter(encode.text_vectors(space, texts) if texts else [])
    # Several crops of one picture decode it once.
    opened = functools.cache(_opened)
    vectors = []
    for index, term in enumerate(terms, start=first_index):
        if term.text:
            vector: Vector | None = next(of_texts)
        elif term.crop:
            picture = opened(term.image_id, term.picture)
            cropped = _cropped(picture, term.crop, field=f"terms.{index}.crop")
            vector = encode.image_vector(space, cropped)
        else:
            vector = _vector(term, space, stored)
        if vector is None:
            return None
        vectors.append(TermVector(vector, term.weight, _kind(term)))
    return vectors


def _kind(term: Term) -> QueryKind | None:
    if term.vector:
        return None
    return QueryKind.TEXT if term.text else QueryKind.PICTURE


def _vector(
    term: Term, space: EmbeddingSpace, stored: Mapping[uuid.UUID, Vector | None]
) -> Vector | None:
    if term.vector:
        raw = np.asarray(term.vector, dtype=np.float64)
        return np.asarray(raw / np.linalg.norm(raw), dtype=np.float32)
    if term.image_id:
        return stored[term.image_id]
    return query_pictures.recall(term.picture).vector_in(space)


def _opened(image_id: uuid.UUID | None, picture: str) -> PIL.Image.Image:
    """The picture to crop: the preview of an image or of an uploaded picture."""
    return _preview_of(image_id) if image_id else query_pictures.recall(picture).open_preview()


def _preview_of(image_id: uuid.UUID) -> PIL.Image.Image:
    """The largest preview. We made the file, so it is opened in this process."""
    try:
        data = preview_path(image_id, "large").read_bytes()
        with PIL.Image.open(io.BytesIO(data), formats=["WEBP"]) as preview:
            return preview.convert("RGB")
    except (OSError, ValueError) as error:
        message = "The image has no preview to crop."
        raise NotFound(message, image_id=str(image_id)) from error


def _cropped(picture: PIL.Image.Image, crop: Crop, *, field: str) -> PIL.Image.Image:
    left, top = round(crop.left * picture.width), round(crop.top * picture.height)
    right = round((crop.left + crop.width) * picture.width)
    bottom = round((crop.top + crop.height) * picture.height)
    if min(right - left, bottom - top) < MIN_CROP_SIDE:
        raise InvalidInput(
            f"The crop must have at least {MIN_CROP_SIDE} pixels on each side.",
            field=field,
            limit=MIN_CROP_SIDE,
        )
    return picture.crop((left, top, right, bottom))
