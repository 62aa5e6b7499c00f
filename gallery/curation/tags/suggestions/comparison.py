"""Compares images with the vocabulary, and stores what follows: suggestions, and moderation."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from gallery.curation.moderation import first_comparison
from gallery.curation.moderation.rules import RuleSet
from gallery.curation.tags.suggestions.matches import Match, Vocabulary
from gallery.encoders.base import Vectors
from gallery.models import EmbeddingSpace, Image, Tag


@dataclass(frozen=True)
class Comparison:
    """``tags`` are those of ``vocabulary``, in its order."""

    space: EmbeddingSpace
    tags: Sequence[Tag]
    vocabulary: Vocabulary
    rules: RuleSet

    def store(self, ids: Sequence[uuid.UUID], vectors: Vectors) -> None:
        """Apply the rules to these images, show those that waited for it, and replace their
        suggestions. Call it in a transaction that keeps the images; it ends with ``RulesChanged``
        if somebody has changed the rules since they were read."""
        self.rules.check()
        self.rules.apply(self.vocabulary, ids, vectors)
        first_comparison.release(Image.objects.filter(pk__in=ids))
        matches = self.vocabulary.matches(vectors)
        self._suggest(ids, [match for match in matches if self.tags[match.tag].is_suggested])

    def _suggest(self, ids: Sequence[uuid.UUID], matches: Sequence[Match]) -> None:
        """Replace the suggestions of these images; what people decided stays.

        A tag may be deleted at the same time: the statement locks those that it refers to, and
        leaves out those that are gone.
        """
        images = [ids[match.picture] for match in matches]
        matched = [self.tags[match.tag].pk for match in matches]
        cosines = [match.cosine for match in matches]
        with connection.cursor() as cursor:
            cursor.execute(_REMOVE, [list(ids), images, matched])
            cursor.execute(_ADD, [self.space.pk, images, matched, cosines])


_REMOVE = """
DELETE FROM gallery_imagetag
WHERE state = 'suggested' AND image_id = ANY (%s::uuid[])
    AND (image_id, tag_id) NOT IN (SELECT * FROM unnest(%s::uuid[], %s::int[]))
"""
_ADD = """
INSERT INTO gallery_imagetag (image_id, tag_id, source, state, score, space_id)
SELECT m.image_id, t.id, 'zero_shot', CASE WHEN t.is_automatic THEN 'approved' ELSE 'suggested' END,
    m.score, %s
FROM unnest(%s::uuid[], %s::int[], %s::float8[]) AS m(image_id, tag_id, score)
JOIN gallery_tag t ON t.id = m.tag_id
ORDER BY m.image_id, t.id
FOR KEY SHARE OF t
ON CONFLICT (image_id, tag_id) DO UPDATE SET score = excluded.score, space_id = excluded.space_id
"""
