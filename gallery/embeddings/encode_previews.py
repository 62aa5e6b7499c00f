"""Encodes images of the gallery from their previews."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, TypeVar

import PIL.Image

from gallery.core.config import config
from gallery.core.errors import BadEmbedding
from gallery.encoders.base import Encoder, Vector
from gallery.jobs import items, leases
from gallery.media import previews
from gallery.media.storage import preview_path
from gallery.models import Image
from gallery.models.work import Work

# A call of the encoder that takes longer hangs.
_LEASES = 10

Item = TypeVar("Item", bound=Work)
Claimed = TypeVar("Claimed", bound=Work, contravariant=True)


class Failures(Protocol[Claimed]):
    """A module that decides about claimed items without a vector. Each function releases one."""

    def interrupted(self, item: Claimed, /) -> None: ...

    def no_preview(self, item: Claimed, error: Exception, /) -> None: ...

    def no_vector(self, item: Claimed, error: BadEmbedding | MemoryError, /) -> None: ...


def encode_previews(
    claimed: list[tuple[Item, Image]], encoder: Encoder, failures: Failures[Item]
) -> list[tuple[Item, Vector]]:
    """The items with their vectors ``(512,) float32``; ``failures`` decides about the others.

    All pictures are encoded in one batch. If that fails, each is encoded alone.
    Raises ``EncoderUnavailable`` and ``EncoderMismatch``.
    """
    pictures = [
        (item, picture)
        for item, image in claimed
        if (picture := _open(item, image, encoder.picture_side, failures))
    ]
    return list(_encode(pictures, encoder, failures, [item for item, _ in claimed]))


def open_preview(image: Image, *, side: int) -> PIL.Image.Image:
    """The smallest preview that still fills an encoder's square of ``side`` pixels.

    We made the file, so it is opened in this process. Raises ``OSError`` or ``ValueError`` if it
    is missing or damaged.
    """
    name = previews.smallest_showing(image.width or side, image.height or side, side=side)
    with PIL.Image.open(preview_path(image.pk, name), formats=["WEBP"]) as preview:
        return preview.convert("RGB")


def _open(item: Item, image: Image, side: int, failures: Failures[Item]) -> PIL.Image.Image | None:
    if items.was_interrupted(item):
        failures.interrupted(item)
        return None
    try:
        return open_preview(image, side=side)
    except (OSError, ValueError) as error:
        failures.no_preview(item, error)
        return None


def _encode(
    pictures: list[tuple[Item, PIL.Image.Image]],
    encoder: Encoder,
    failures: Failures[Item],
    claimed: list[Item],
) -> Iterator[tuple[Item, Vector]]:
    if not pictures:
        return
    try:
        # Also those of the batch whose turn comes later. One that was released stays so.
        with leases.kept(claimed, at_most=_LEASES * config().lease_seconds):
            vectors = encoder.encode_images([picture for _, picture in pictures])
    except (BadEmbedding, MemoryError) as error:
        if len(pictures) == 1:
            failures.no_vector(pictures[0][0], error)
            return
        for pair in pictures:
            yield from _encode([pair], encoder, failures, claimed)
    else:
        yield from ((item, vector) for (item, _), vector in zip(pictures, vectors, strict=True))
