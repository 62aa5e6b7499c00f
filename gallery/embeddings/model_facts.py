"""What a search needs to know about the files of a space's model, read once per process."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from gallery.core.errors import EncoderUnavailable
from gallery.encoders.model import lookup
from gallery.encoders.relevance_threshold import RelevanceThreshold, relevance_threshold_of
from gallery.models import EmbeddingSpace


class ModelFacts(NamedTuple):
    """``text_reader`` tells apart models that encode texts for the same picture vectors.

    It is ``ResolvedModel.text_reader``, or the model's name while the model is not here.
    """

    text_reader: str
    relevance_threshold: RelevanceThreshold | None


def facts_of(space: EmbeddingSpace) -> ModelFacts:
    """The facts of the space's model. They are read once for each name and fingerprint, so they
    do not change until the process ends, like a loaded encoder.

    While the model is not on this machine, the facts are its name and no threshold, and the next
    call tries to read them again.
    """
    try:
        return _read(space.encoder, space.fingerprint)
    except (EncoderUnavailable, OSError):
        return ModelFacts(space.encoder, None)


def forget() -> None:
    """Read the files again, as a new process does."""
    _read.cache_clear()


@lru_cache(maxsize=16)
def _read(name: str, fingerprint: str) -> ModelFacts:
    """``fingerprint`` is part of the key: another model of the same name has other facts."""
    model = lookup.find(name)
    return ModelFacts(model.text_reader, relevance_threshold_of(model))
