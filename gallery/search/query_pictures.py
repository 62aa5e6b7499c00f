"""Pictures to search with, kept for a while so that the search has an address.

They are in the cache, where each visitor has a share of a fixed number of slots. While the cache
does not answer, this process keeps the latest ones, so that it can search with them.
"""

from __future__ import annotations

import io
import logging
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import PIL.Image
from cachetools import TTLCache
from redis.exceptions import RedisError

from gallery.core import visitor
from gallery.core.config import config
from gallery.core.errors import PICTURE_ERRORS, CacheUnavailable, NotFound, NoVector
from gallery.core.size_limits import check_file_size
from gallery.embeddings import answering, encode
from gallery.media.decode import decode_query
from gallery.models import EmbeddingSpace
from gallery.search.shared_slots import SharedSlots

log = logging.getLogger(__name__)

# No encoder looks at more than this; crops are of the preview.
_PREVIEW_SIDE = 256
_PREVIEW_BYTES = 24_000
# The first quality whose file is small enough. The last one always is.
_QUALITIES = (75, 40, 5)
# About 27 MB together.
SLOTS = 1 << 10
SHARE = 1 << 5
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


# Those that the cache did not take: at most 2 MB in this process.
_unshared: TTLCache[str, QueryPicture] = TTLCache(64, ttl=600)
_lock = threading.Lock()


def remember(data: bytes) -> str:
    """Decode an uploaded picture in a child process, encode it and cache it.

    Returns a key that cannot be guessed. Raises the errors of ``ingest.accept.accept`` if the data
    is not a picture or too large, and those of ``media.decode.decode_query``.
    """
    check_file_size(len(data))
    picture = decode_query(data, client=visitor.current_address())
    space = answering.space_to_search()
    vector = encode.image_vector(space, picture)
    remembered = QueryPicture(_preview_of(picture), vector, space.pk)
    pictures = _pictures()
    key = pictures.new_key(f"address {visitor.current_address()}")
    try:
        pictures.put(key, (remembered.preview, vector.tobytes(), remembered.space_id))
    except (RedisError, OSError) as error:
        log.warning("a query picture is kept by this process alone: %s", type(error).__name__)
        with _lock:
            _unshared[key] = remembered
    return key


@contextmanager
def remembered(pictures: Iterable[bytes]) -> Iterator[list[str]]:
    """The keys of pictures during a search. They are forgotten if it fails, and so are those that
    this process alone could recall: an answer returns only keys of which all processes know.

    An error about one of the pictures has its ``index`` in ``data``.
    """
    keys: list[str] = []
    try:
        for index, data in enumerate(pictures):
            try:
                keys.append(remember(data))
            except (*PICTURE_ERRORS, NoVector) as error:
                error.data["index"] = index
                raise
        yield keys
    except BaseException:
        _forget(keys)
        raise
    _forget([key for key in keys if not is_shared(key)])


def is_shared(key: str) -> bool:
    """Whether other processes can recall the picture that this one has remembered."""
    with _lock:
        return key not in _unshared


def recall(key: str) -> QueryPicture:
    """The picture, which is then kept as long again.

    Raises ``NotFound``, with its ``image_key`` in ``data``, if it has expired, and
    ``CacheUnavailable`` if it cannot be read now.
    """
    if len(key) > _MAX_KEY_LENGTH:
        raise _expired(key)
    with _lock:
        remembered = _unshared.get(key)
    if remembered is not None:
        return remembered
    try:
        entry = _pictures().get(key)
    except (RedisError, OSError) as error:
        log.warning("a query picture cannot be read: %s", type(error).__name__)
        raise CacheUnavailable("The search picture cannot be read right now.") from error
    if entry is None:
        raise _expired(key)
    preview, vector, space_id = entry
    return QueryPicture(preview, np.frombuffer(vector, dtype=np.float32), space_id)


def _forget(keys: Iterable[str]) -> None:
    for key in keys:
        with _lock:
            was_unshared = _unshared.pop(key, None) is not None
        # What the cache keeps although it does not answer now expires there.
        with suppress(RedisError, OSError):
            if not was_unshared:
                _pictures().remove(key)


def _expired(key: str) -> NotFound:
    return NotFound("The search picture has expired.", image_key=key)


def _pictures() -> SharedSlots:
    seconds = config().query_picture_ttl
    return SharedSlots("query-picture-2", slots=SLOTS, share=SHARE, seconds=seconds)


def _preview_of(picture: PIL.Image.Image) -> bytes:
    picture.thumbnail((_PREVIEW_SIDE, _PREVIEW_SIDE))
    for quality in _QUALITIES:
        preview = io.BytesIO()
        picture.save(preview, "WEBP", quality=quality)
        if preview.tell() <= _PREVIEW_BYTES:
            break
    return preview.getvalue()
