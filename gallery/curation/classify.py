"""Zero-shot classification: which of these labels fits a picture, by the active encoder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from gallery.core.errors import InvalidInput
from gallery.core.size_limits import check_file_size
from gallery.embeddings import answering, encode, spaces
from gallery.embeddings.encode import errors_about_the_input
from gallery.encoders import zeroshot
from gallery.encoders.base import Vector
from gallery.media.decode import decode_query
from gallery.models import Embedding, EmbeddingSpace, Image

PLACEHOLDER = zeroshot.PLACEHOLDER
MIN_LABELS, MAX_LABELS = 2, 100
MAX_TEMPLATES = 20
# Labels times templates. Each prompt is a text to encode: about 10 ms with a large model.
MAX_PROMPTS = 400
MAX_LENGTH = 100  # characters


@dataclass(frozen=True)
class LabelScore:
    """``similarity`` is the cosine in [-1, 1]. The probabilities of all labels add up to 1."""

    label: str
    probability: float
    similarity: float


@dataclass(frozen=True)
class Classification:
    """``scores`` starts with the most probable label."""

    space: EmbeddingSpace
    logit_scale: float
    scores: list[LabelScore]


def classify_image(
    image: Image, labels: Sequence[str], templates: Sequence[str] = ()
) -> Classification | None:
    """Classify an image of the gallery by its stored vector. None while it has no vector.

    The caller checks that the user may see the image. Raises ``InvalidInput`` for invalid labels
    or templates, ``NoVector`` if the encoder gives no usable vector for one of them, and the
    errors of ``spaces.encoder_of``.
    """
    check(labels, templates)
    space = answering.space_to_search()
    vector = Embedding.objects.vector_of(image.pk, space)
    if vector is None:
        return None
    return _scored(space, vector, _vectors(space, labels, templates))


def classify_picture(
    data: bytes, labels: Sequence[str], templates: Sequence[str] = ()
) -> Classification:
    """Classify a picture that is not in the gallery and is not stored.

    Raises the errors of ``classify_image``, and those of ``ingest.accept.accept`` if ``data`` is
    not a picture or too large.
    """
    check(labels, templates)
    check_file_size(len(data))
    space = answering.space_to_search()
    picture = decode_query(data)
    vector = encode.image_vector(space, picture)
    return _scored(space, vector, _vectors(space, labels, templates))


def normalised(texts: Sequence[str]) -> list[str]:
    """The texts as they are compared: labels, or templates, that are equal here are duplicates."""
    return [encode.normalised(text) for text in texts]


def check(labels: Sequence[str], templates: Sequence[str]) -> None:
    """Raises ``InvalidInput`` if the labels or templates are too few, too many or malformed."""
    distinct = len({*normalised(labels)} - {""})
    if not MIN_LABELS <= distinct == len(labels) <= MAX_LABELS:
        raise InvalidInput(f"Give {MIN_LABELS} to {MAX_LABELS} different labels.")
    if len(templates) > MAX_TEMPLATES or len(labels) * len(templates) > MAX_PROMPTS:
        raise InvalidInput(
            f"Give at most {MAX_TEMPLATES} templates, and {MAX_PROMPTS} labels times templates."
        )
    if any(template.count(PLACEHOLDER) != 1 for template in templates):
        raise InvalidInput(
            f"A template must contain {PLACEHOLDER} exactly once; the label replaces it."
        )
    if any(len(text) > MAX_LENGTH for text in (*labels, *templates)):
        raise InvalidInput(f"A label or template has at most {MAX_LENGTH} characters.")


def _vectors(
    space: EmbeddingSpace, labels: Sequence[str], templates: Sequence[str]
) -> dict[str, Vector]:
    """One unit vector per label. Prompts use the query cache of text searches."""
    prompts = {label: zeroshot.prompts(label, templates) for label in labels}
    vectors = iter(encode.text_vectors(space, list(chain.from_iterable(prompts.values()))))
    with errors_about_the_input():
        return {
            label: zeroshot.label_vector(np.stack([next(vectors) for _ in texts]))
            for label, texts in prompts.items()
        }


def _scored(space: EmbeddingSpace, picture: Vector, labels: dict[str, Vector]) -> Classification:
    scale = float(spaces.encoder_of(space).logit_scale)
    cosines = zeroshot.similarities(picture, np.stack([*labels.values()]))
    probabilities = zeroshot.probabilities(cosines, scale)
    scores = [
        LabelScore(label, float(probability), float(cosine))
        for label, probability, cosine in zip(labels, probabilities, cosines, strict=True)
    ]
    return Classification(space, scale, sorted(scores, key=lambda score: -score.probability))
