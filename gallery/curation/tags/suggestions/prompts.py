"""The texts that stand for a tag, and their vector."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from itertools import chain

import numpy as np

from gallery.embeddings import encode
from gallery.embeddings.encode import errors_about_the_input
from gallery.encoders import zeroshot
from gallery.encoders.base import Vectors
from gallery.models import EmbeddingSpace, Tag, TagKind

# A scene is seldom "a photo of" something. In a trial with the demo pictures, the best recall of
# scenes at a precision of at least 0.85 was 0.90 instead of 0.38 (decision 0027).
SCENE_TEMPLATES = ("on the {}", "in the {}", "a landscape with {}")


def prompts_of(tag: Tag) -> list[str]:
    """The tag's name in its templates; without any, in those of its kind."""
    templates: Sequence[str] = tag.templates
    has_english_name = zeroshot.template_for(tag.name) == zeroshot.ENGLISH
    if not templates and tag.kind == TagKind.SCENE and has_english_name:
        templates = SCENE_TEMPLATES
    return zeroshot.prompts(tag.name, templates)


def digest_of(tag: Tag) -> str:
    """Equal for tags with the same prompts."""
    return hashlib.sha256(json.dumps(prompts_of(tag)).encode()).hexdigest()


def vectors_of(space: EmbeddingSpace, tags: Sequence[Tag]) -> Vectors:
    """``(n, 512) float32``, one unit row for each tag.

    Raises like ``encode.text_vectors``.
    """
    prompts = [prompts_of(tag) for tag in tags]
    vectors = iter(encode.text_vectors(space, list(chain.from_iterable(prompts))))
    with errors_about_the_input():
        return np.stack(
            [zeroshot.label_vector(np.stack([next(vectors) for _ in texts])) for texts in prompts]
        )
