"""Which of these labels fits a picture: zero-shot, with the database's encoder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from gallery.core.errors import InvalidInput
from gallery.core.size_limits import check_file_size
from gallery.embeddings import answering, encode, spaces
from gallery.embeddings.refusals import blaming_the_input
from gallery.encoders import zeroshot
from gallery.encoders.base import Vector
from gallery.media.decode import decode_query
from gallery.models import Embedding, EmbeddingSpace, Image

PLACE = zeroshot.PLACEHOLDER
LEAST_LABELS, MOST_LABELS = 2, 100
MOST_TEMPLATES = 20
# Labels times templates: each is a text to encode, with a large model some 10 ms.
MOST_PROMPTS = 400
LONGEST = 100


@dataclass(frozen=True)
class LabelScore:
    """``similarity`` is the cosine, in [-1, 1]."""

    label: str
    probability: float
    similarity: float


@dataclass(frozen=True)
class Classification:
    """Best first; the probabilities add up to 1."""

    space: EmbeddingSpace
    logit_scale: float
    scores: list[LabelScore]


def classify_image(
    image: Image, labels: Sequence[str], templates: Sequence[str] = ()
) -> Classification | None:
    """Of an image of the gallery, by its stored vector; None while it has none.

    Whether the person who asks may see the image is the caller's business. Raises
    ``InvalidInput`` for labels or templates that are none, ``NoVector`` for those that have no
    direction, and as ``spaces.encoder_of`` does.
    """
    _check(labels, templates)
    space = answering.space_to_search()
    stored = Embedding.objects.filter(space=space, image_id=image.pk)
    vector = stored.values_list("vector", flat=True).first()
    if vector is None:
        return None
    return _scored(space, np.asarray(vector, dtype=np.float32), _vectors(space, labels, templates))


def classify_picture(
    data: bytes, labels: Sequence[str], templates: Sequence[str] = ()
) -> Classification:
    """Of a foreign picture, which is not kept. Raises what ``classify_image`` raises and the
    errors of ``ingest.accept.accept`` for what is no picture or too large.
    """
    _check(labels, templates)
    check_file_size(len(data))
    space = answering.space_to_search()
    picture = decode_query(data)
    vector = encode.image_vector(space, picture)
    return _scored(space, vector, _vectors(space, labels, templates))


def normalised(words: Sequence[str]) -> list[str]:
    """Two labels, or templates, that are the same after this are one."""
    return [encode.normalised(word) for word in words]


def _check(labels: Sequence[str], templates: Sequence[str]) -> None:
    distinct = len({*normalised(labels)} - {""})
    if not LEAST_LABELS <= distinct == len(labels) <= MOST_LABELS:
        raise InvalidInput(f"Give {LEAST_LABELS} to {MOST_LABELS} different labels.")
    if len(templates) > MOST_TEMPLATES or len(labels) * len(templates) > MOST_PROMPTS:
        raise InvalidInput(
            f"Give at most {MOST_TEMPLATES} templates, and {MOST_PROMPTS} labels times templates."
        )
    if any(template.count(PLACE) != 1 for template in templates):
        raise InvalidInput(f"A template has exactly one {PLACE}, the label's place.")
    if any(len(words) > LONGEST for words in (*labels, *templates)):
        raise InvalidInput(f"A label or template has at most {LONGEST} characters.")


def _vectors(
    space: EmbeddingSpace, labels: Sequence[str], templates: Sequence[str]
) -> dict[str, Vector]:
    """A unit vector per label, through the memory that searches share."""
    prompts = {label: zeroshot.prompts(label, templates) for label in labels}
    vectors = iter(encode.text_vectors(space, list(chain.from_iterable(prompts.values()))))
    with blaming_the_input():
        return {
            label: zeroshot.label_vector(np.stack([next(vectors) for _ in asked]))
            for label, asked in prompts.items()
        }


def _scored(space: EmbeddingSpace, picture: Vector, labels: dict[str, Vector]) -> Classification:
    scale = float(spaces.encoder_of(space).logit_scale)
    cosines = zeroshot.similarities(picture, np.stack([*labels.values()]))
    shares = zeroshot.probabilities(cosines, scale)
    scores = [
        LabelScore(label, float(share), float(cosine))
        for label, share, cosine in zip(labels, shares, cosines, strict=True)
    ]
    return Classification(space, scale, sorted(scores, key=lambda score: -score.probability))
