"""What suggestions are computed from, and which images are still to be compared."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import connection, models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from pgvector.django import VectorField

from gallery.models.embedding import WIDTH, EmbeddingSpace
from gallery.models.images.image import Image
from gallery.models.tags.vocabulary import Tag


class TagScoring(models.Model):
    """The vector of a tag in a space, and what it was measured with.

    ``prompts`` is a digest of the names and templates that ``vector`` was made of: if it is not
    that of the tag, the row is out of date. ``median`` and ``spread`` (1.4826 times the median
    absolute deviation) are those of the tag's cosines with a sample of the gallery. ``threshold``
    is the least cosine of a suggestion; ``decisions`` approvals and rejections took part in it.
    """

    tag = models.ForeignKey(Tag, models.CASCADE, related_name="scorings")
    space = models.ForeignKey(EmbeddingSpace, models.CASCADE, related_name="tag_scorings")
    prompts = models.CharField(max_length=64)
    vector = VectorField(dimensions=WIDTH)
    median = models.FloatField()
    spread = models.FloatField()
    threshold = models.FloatField(_("threshold"))
    decisions = models.PositiveIntegerField(default=0)
    measured_at = models.DateTimeField(_("measured at"), db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tag", "space"], name="one_scoring_per_tag_and_space"),
        ]

    def __str__(self) -> str:
        return f"{self.tag_id} in {self.space_id} from {self.threshold:.3f}"


class SuggestionScan(models.Model):
    """How far all images of a space are compared with a vocabulary.

    ``vocabulary`` is a digest of the tags, their vectors and their thresholds: with another one,
    the scan starts again. Images up to the key ``scanned_to`` have their suggestions.
    """

    space = models.OneToOneField(
        EmbeddingSpace, models.CASCADE, primary_key=True, related_name="suggestion_scan"
    )
    vocabulary = models.CharField(max_length=64)
    scanned_to = models.UUIDField(null=True)
    completed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"suggestions in {self.space_id}"


class SuggestionItemQuerySet(models.QuerySet["SuggestionItem"]):
    def add_for(self, images: Sequence[uuid.UUID]) -> None:
        """Note that these images have a new vector. Call it where the vector is stored.

        Writes nothing while the vocabulary suggests nothing and no tag has a rule: a scan of all
        images follows when that changes.
        """
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO gallery_suggestionitem (image_id)"
                " SELECT id FROM unnest(%s::uuid[]) AS i(id)"
                " WHERE EXISTS (SELECT FROM gallery_tag WHERE is_suggested)"
                " OR EXISTS (SELECT FROM gallery_moderationrule)"
                " ON CONFLICT DO NOTHING",
                [list(images)],
            )


class SuggestionItem(models.Model):
    """An image with a new vector that was not compared with the vocabulary yet."""

    image = models.OneToOneField(
        Image, models.CASCADE, primary_key=True, related_name="suggestion_item"
    )
    created_at = models.DateTimeField(db_default=Now())

    objects = SuggestionItemQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.image_id)
