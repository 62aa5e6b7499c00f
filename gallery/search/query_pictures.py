"""Pictures dropped into the search box: kept for a while so that the search has an address."""

from __future__ import annotations

import io
import secrets
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import PIL.Image
from django.core.cache import cache

from gallery.core.config import config
from gallery.core.errors import NotFound
from gallery.core.size_limits import check_file_size
from gallery.embeddings import answering, encode
from gallery.media.decode import decode_query
from gallery.models import EmbeddingSpace

_PREVIEW_SIDE = 320


@dataclass(frozen=True)
class QueryPicture:
    """``preview`` is a small WebP of ours; ``vector`` belongs to the space ``space_id``."""

    preview: bytes
    vector: npt.NDArray[np.float32]
    space_id: int

    def vector_in(self, space: EmbeddingSpace) -> npt.NDArray[np.float32]:
        """After a change of encoder the preview is encoded: its address still answers."""
        if space.pk == self.space_id:
            return self.vector
        with PIL.Image.open(io.BytesIO(self.preview), formats=["WEBP"]) as preview:
            return encode.image_vector(space, preview.convert("RGB"))


def remember(data: bytes) -> str:
    """Decode (in a child), encode and keep a foreign picture; the key cannot be guessed.

    Raises the errors of ``ingest.accept.accept`` for what is no picture or too large.
    """
    check_file_size(len(data))
    picture = decode_query(data)
    space = answering.space_to_search()
    vector = encode.image_vector(space, picture)
    picture.thumbnail((_PREVIEW_SIDE, _PREVIEW_SIDE))
    preview = io.BytesIO()
    picture.save(preview, "WEBP", quality=75)
    key = secrets.token_urlsafe(16)
    kept = {"preview": preview.getvalue(), "vector": vector.tobytes(), "space": space.pk}
    cache.set(_name(key), kept, config().query_picture_ttl)
    return key


def recall(key: str) -> QueryPicture:
    """Raises ``NotFound`` once the picture has expired."""
    kept = cache.get(_name(key)) if len(key) <= 64 else None
    if kept is None:
        raise _gone()
    vector = np.frombuffer(kept["vector"], dtype=np.float32)
    return QueryPicture(preview=kept["preview"], vector=vector, space_id=kept["space"])


def _name(key: str) -> str:
    return f"query-picture:{key}"


def _gone() -> NotFound:
    return NotFound("This search picture has expired: drop it again.")
