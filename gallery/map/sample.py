"""Reads vectors of a space as blocks of rows."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gallery.map.pca import Vectors
from gallery.models import WIDTH, Embedding, EmbeddingSpace

BLOCK = 2_000


@dataclass(frozen=True)
class Block:
    """``vectors[n]``, of shape (512,), is that of the image ``keys[n]``."""

    keys: list[uuid.UUID]
    vectors: Vectors


def block_of(keys: list[uuid.UUID], space: EmbeddingSpace) -> Block:
    """Leaves out those of ``keys`` that have no vector."""
    return _block(Embedding.objects.vectors_of(keys, space))


def block_after(key: uuid.UUID | None, space: EmbeddingSpace, size: int = BLOCK) -> Block:
    """The next vectors in the order of the keys; empty at the end."""
    return _block(Embedding.objects.vectors_after(key or uuid.UUID(int=0), space, size))


def sample_of(space: EmbeddingSpace, size: int) -> Block:
    """The first ``size`` vectors. The keys are random (UUID 4), so these are a random sample."""
    blocks = list(_blocks(space, size))
    keys = [key for block in blocks for key in block.keys]
    rows = [_EMPTY, *(block.vectors for block in blocks)]
    return Block(keys, np.concatenate(rows))


def _blocks(space: EmbeddingSpace, size: int) -> Iterator[Block]:
    last: uuid.UUID | None = None
    while size > 0:
        block = block_after(last, space, min(size, BLOCK))
        if not block.keys:
            return
        yield block
        last = block.keys[-1]
        size -= len(block.keys)


_EMPTY = np.empty((0, WIDTH), dtype=np.float32)


def _block(vectors: dict[uuid.UUID, Vectors]) -> Block:
    return Block(list(vectors), np.stack([*vectors.values()]) if vectors else _EMPTY)
