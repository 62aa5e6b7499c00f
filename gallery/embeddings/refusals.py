"""What the encoder cannot do with somebody's text or picture is a refusal of that input."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from gallery.core.errors import BadEmbedding, GalleryError, OutOfMemory


class NoVector(BadEmbedding):
    """The encoder gives nothing that can be compared for this one item: it is the item's fault."""

    status = 422


@contextmanager
def blaming_the_input() -> Iterator[None]:
    """``BadEmbedding`` and ``MemoryError`` become ``NoVector`` and ``OutOfMemory``."""
    try:
        yield
    except (BadEmbedding, MemoryError) as error:
        raise refusal(error) from error


def refusal(error: BadEmbedding | MemoryError) -> GalleryError:
    if isinstance(error, BadEmbedding):
        return NoVector(error.message)
    return OutOfMemory("The encoder ran out of memory. Try again later.")
