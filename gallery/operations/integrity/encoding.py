"""Finds vectors that are not those of the active model, by encoding the previews again."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from gallery.embeddings import spaces
from gallery.embeddings.encode_previews import open_preview
from gallery.encoders import towers
from gallery.models import Embedding, FindingKind, State
from gallery.models.files.integrity import PREVIEW_KINDS
from gallery.operations.integrity.files import Examination

# Vectors of one picture by two computations of one model have a cosine above 0.98; those of two
# models, or of two pictures, are usually far below this one.
_LEAST_COSINE = 0.9


def compare(examinations: Collection[Examination]) -> None:
    """Adds findings to the examinations of searchable images with good previews.

    Raises ``EncoderUnavailable`` and ``EncoderMismatch``.
    """
    space = spaces.active()
    encoder = spaces.encoder_of(space)
    towers.load(encoder, texts=False)
    stored = Embedding.objects.vectors_of([result.id for result in examinations], space)
    compared = [
        result
        for result in examinations
        if result.id in stored
        and result.image.state == State.READY
        and not result.findings.keys() & {*PREVIEW_KINDS, FindingKind.VECTOR_INVALID}
    ]
    if not compared:
        return
    side = encoder.picture_side
    vectors = encoder.encode_images([open_preview(result.image, side=side) for result in compared])
    for result, vector in zip(compared, vectors, strict=True):
        cosine = float(np.dot(vector, stored[result.id]))
        if cosine < _LEAST_COSINE:
            result.findings[FindingKind.VECTOR_FOREIGN] = f"cosine {cosine:.2f}"
