"""Background queries: texts and pictures that hardly any picture of a gallery answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from cachetools import LRUCache

from gallery.core.query_kind import QueryKind
from gallery.embeddings import spaces
from gallery.encoders.base import Encoder, Vectors
from gallery.models import EmbeddingSpace
from gallery.search.calibration.patterns import patterns

TEXTS = Path(__file__).with_name("background_texts.txt")
_BATCH = 32

# By the fingerprint of the model: a cached encoder would stay in memory after a change of model.
_encoded: LRUCache[tuple[str, QueryKind], Vectors] = LRUCache(4)


def vectors_of(space: EmbeddingSpace, kind: QueryKind) -> Vectors:
    """``(n, 512) float32``, unit rows: the background queries of one kind in ``space``.

    They are encoded once per process. Raises like ``spaces.encoder_of``, and ``BadEmbedding``.
    """
    key = (space.fingerprint, kind)
    if key not in _encoded:
        encoder = spaces.encoder_of(space)
        encode = _texts if kind == QueryKind.TEXT else _pictures
        _encoded[key] = encode(encoder)
    return _encoded[key]


def texts() -> list[str]:
    """The lines of ``background_texts.txt`` without its comment."""
    lines = TEXTS.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _texts(encoder: Encoder) -> Vectors:
    written = texts()
    starts = range(0, len(written), _BATCH)
    return np.concatenate([encoder.encode_texts(written[i : i + _BATCH]) for i in starts])


def _pictures(encoder: Encoder) -> Vectors:
    drawn = list(patterns())
    starts = range(0, len(drawn), _BATCH)
    return np.concatenate([encoder.encode_images(drawn[i : i + _BATCH]) for i in starts])
