"""The space and the vectors of a query, which are computed when they are first needed."""

from __future__ import annotations

from functools import cached_property

from gallery.core.errors import EncoderMismatch, EncoderUnavailable, GalleryError, OutOfMemory
from gallery.embeddings import answering, spaces
from gallery.encoders.base import Vector
from gallery.models import EmbeddingSpace, ImageQuerySet
from gallery.search.query import Mode, SearchQuery
from gallery.search.vectors.mixture import Mixture
from gallery.search.vectors.query_vector import QueryVector, all_terms, query_vectors

_NO_ENCODER = (EncoderUnavailable, EncoderMismatch, OutOfMemory)


class Meaning:
    """``failure`` is the reason why a query that also has words has no vectors; its words alone
    may still find images. Other queries raise it.
    """

    def __init__(self, query: SearchQuery, visible: ImageQuerySet) -> None:
        """Raises ``EncoderUnavailable`` if there is no space and the query needs one."""
        self.failure: GalleryError | None = None
        self._query = query
        self._visible = visible
        self._wanted = query.mode != Mode.WORDS and bool(all_terms(query) or query.liked)
        self._optional = query.mode == Mode.ALL and bool(query.text.strip()) and not query.terms
        self.space = self._space()

    @property
    def vectors(self) -> tuple[Vector, ...]:
        """Empty if the query has no meaning, or an image of it has no vector yet."""
        return tuple(each.vector for each in self.query_vectors)

    @property
    def mixtures(self) -> tuple[Mixture, ...]:
        """One for each vector; empty if the kind of a term is not known."""
        mixtures = [each.mixture for each in self.query_vectors]
        known = tuple(mixture for mixture in mixtures if mixture is not None)
        return known if len(known) == len(mixtures) else ()

    @cached_property
    def query_vectors(self) -> tuple[QueryVector, ...]:
        if not self._wanted or self.space is None or self.failure:
            return ()
        try:
            return query_vectors(self._query, self.space, self._visible)
        except _NO_ENCODER as error:
            self._fail(error)
            return ()

    def _space(self) -> EmbeddingSpace | None:
        try:
            if self._wanted and any(not term.image_id for term in all_terms(self._query)):
                return answering.space_to_search()
            return spaces.recently_active()
        except EncoderUnavailable as error:
            if self._wanted:
                self._fail(error)
            return None

    def _fail(self, error: GalleryError) -> None:
        if not self._optional:
            raise error
        self.failure = error
