"""Pictures to search with, cached for a while so that the search has an address."""

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
_MAX_KEY_LENGTH = 64


@dataclass(frozen=True)
class QueryPicture:
    """``preview`` is a small WebP file; ``vector`` belongs to the space ``space_id``."""

    preview: bytes
    vector: npt.NDArray[np.float32]
    space_id: int

    def vector_in(self, space: EmbeddingSpace) -> npt.NDArray[np.float32]:
        """The unit vector in ``space``, computed from the preview if the encoder has changed."""
        if space.pk == self.space_id:
            return self.vector
        return encode.image_vector(space, self.open_preview())

    def open_preview(self) -> PIL.Image.Image:
        """The preview as RGB. We made the file, so it is opened in this process."""
        with PIL.Image.open(io.BytesIO(self.preview), formats=["WEBP"]) as preview:
            return preview.convert("RGB")


def remember(data: bytes, *, client: str = "") -> str:
    """Decode an uploaded picture in a child process, encode it and cache it.

    Returns a key that cannot be guessed. ``client`` is the address that sent it. Raises the errors
    of ``ingest.accept.accept`` if the data is not a picture or too large, and those of
    ``media.decode.decode_query``.
    """
    check_file_size(len(data))
    picture = decode_query(data, client=client)
    space = answering.space_to_search()
    vector = encode.image_vector(space, picture)
    picture.thumbnail((_PREVIEW_SIDE, _PREVIEW_SIDE))
    preview = io.BytesIO()
    picture.save(preview, "WEBP", quality=75)
    key = secrets.token_urlsafe(16)
    entry = {"preview": preview.getvalue(), "vector": vector.tobytes(), "space": space.pk}
    cache.set(_cache_key(key), entry, config().query_picture_ttl)
    return key


def recall(key: str) -> QueryPicture:
    """Raises ``NotFound`` if the picture has expired."""
    entry = cache.get(_cache_key(key)) if len(key) <= _MAX_KEY_LENGTH else None
    if entry is None:
        raise NotFound("The search picture has expired.")
    vector = np.frombuffer(entry["vector"], dtype=np.float32)
    return QueryPicture(preview=entry["preview"], vector=vector, space_id=entry["space"])


def _cache_key(key: str) -> str:
    return f"query-picture:{key}"
