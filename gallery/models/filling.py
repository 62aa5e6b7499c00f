from __future__ import annotations

from django.db import models

from gallery.models.embedding import EmbeddingSpace
from gallery.models.image import Image
from gallery.models.work import Work, WorkQuerySet


class FillJob(Work):
    """One image on its way into a space that is being filled; gone once it has its vector there.

    There are a few hundred at a time, and those that were ``skipped`` with the reason. The image
    is named without a foreign key, so that deleting images needs to know nothing of this.
    """

    space = models.ForeignKey(EmbeddingSpace, models.CASCADE, related_name="fill_jobs")
    image = models.ForeignKey(
        Image, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    skipped = models.BooleanField(default=False)
    error_code = models.CharField(max_length=40, blank=True)
    error_message = models.CharField(max_length=300, blank=True)

    objects = WorkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["image", "space"], name="one_fill_job_per_image")
        ]

    def __str__(self) -> str:
        return f"{self.image_id} into {self.space_id}"
