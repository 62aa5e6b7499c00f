"""Where the sample queries come from that a space's index is measured with.

For texts the best source that has enough: vectors of past searches (the cache of query vectors
keeps no texts), else captions and titles of the gallery, else stored vectors moved by the modality
gap. For pictures: stored vectors and blends of them.
"""

from __future__ import annotations

import logging

import numpy as np
import numpy.typing as npt

from gallery.core.errors import GalleryError
from gallery.core.query_kind import QueryKind
from gallery.embeddings import spaces
from gallery.embeddings.model_facts import facts_of
from gallery.encoders import query_cache
from gallery.models import EmbeddingSpace, Image, State
from gallery.vectorindex.calibration import queries
from gallery.vectorindex.calibration.queries import QuerySample, Source, Vectors

log = logging.getLogger(__name__)

TEXTS = 300
PICTURES = 200
# With fewer, the confidence interval would be wide and more probes than needed would be chosen.
_ENOUGH = 100
_AT_ONCE = 32
# Where the gallery's own texts are few, these give the mean of text vectors.
_USUAL_TEXTS = (
    "a dog", "a cat", "two people laughing", "a beach at sunset", "mountains with snow",
    "a red car", "food on a table", "a birthday cake", "a child on a bicycle", "an old house",
    "flowers", "a street at night", "a document with text", "a screenshot", "a drawing",
    "a boat on a lake", "a wedding", "a group photo", "a bird in a tree", "a train station",
)  # fmt: skip
# Without an encoder the gap is in a random direction, as long as CLIP's (Liang et al. 2022, 0.82).
_USUAL_GAP = 0.82


def samples(space: EmbeddingSpace) -> dict[QueryKind, QuerySample]:
    """Queries of both kinds. May load the encoder of the space for texts."""
    pictures = queries.pictures(space, PICTURES)
    return {QueryKind.TEXT: _texts(space, pictures), QueryKind.PICTURE: pictures}


def _texts(space: EmbeddingSpace, pictures: QuerySample) -> QuerySample:
    past = query_cache.sample(space.fingerprint, facts_of(space).text_reader, TEXTS)
    if len(past) >= _ENOUGH:
        return QuerySample(QueryKind.TEXT, Source.PAST_QUERIES, np.stack(past))
    try:
        captions = _captions(TEXTS)
        if len(captions) >= _ENOUGH:
            return QuerySample(QueryKind.TEXT, Source.CAPTIONS, _encode(space, captions))
        usual = _encode(space, list(_USUAL_TEXTS)).mean(axis=0)
        return queries.moved(pictures.vectors, usual.astype(np.float64))
    except (GalleryError, MemoryError) as error:
        log.warning("the index is measured without the encoder: %s", error)
        return queries.moved(pictures.vectors, _without_encoder(pictures))


def _captions(count: int) -> list[str]:
    """Random captions, or titles of pictures without one."""
    texts = Image.objects.filter(state=State.READY).exclude(caption="", title="")
    # Keys are random, so their order is random too.
    rows = texts.order_by("pk").values_list("caption", "title")[:count]
    return [caption or title for caption, title in rows]


def _encode(space: EmbeddingSpace, texts: list[str]) -> Vectors:
    """Not through the cache of query vectors, which would then give them as past searches."""
    encoder = spaces.encoder_of(space)
    parts = [texts[start : start + _AT_ONCE] for start in range(0, len(texts), _AT_ONCE)]
    return np.concatenate([encoder.encode_texts(part) for part in parts])


def _without_encoder(pictures: QuerySample) -> npt.NDArray[np.float64]:
    direction = np.random.default_rng(0).standard_normal(pictures.vectors.shape[1])
    gap = direction * (_USUAL_GAP / np.linalg.norm(direction))
    mean: npt.NDArray[np.float64] = pictures.vectors.mean(axis=0, dtype=np.float64) + gap
    return mean
