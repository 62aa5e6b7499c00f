from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Self

from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy as _

from gallery.models.embedding import EmbeddingSpace
from gallery.models.images.image import Image
from gallery.models.job import Job, JobItem, JobState
from gallery.models.work import Work, WorkQuerySet


class SpaceBackfillQuerySet(WorkQuerySet):
    def current(self) -> SpaceBackfill | None:
        """The backfill that runs or is paused, with its space; there is one at most."""
        return self.select_related("space").first()

    def running(self) -> SpaceBackfill | None:
        return self.filter(state=JobState.RUNNING).current()

    def to_switch(self) -> Self:
        """Running backfills whose space becomes active when it is complete."""
        return self.filter(state=JobState.RUNNING, switch_when_complete=True)

    @transaction.atomic
    def end(self) -> None:
        """Delete the backfills with their items. The vectors are kept.

        The rows are locked before the items, as by a worker that stores a batch. ``delete`` alone
        would lock the items first: a deadlock.
        """
        list(self.select_for_update().values_list("pk"))
        self.delete()


class SpaceBackfill(Work, Job):
    """The job that gives every searchable image a vector in a space that is not active yet.

    The vectors themselves say what is done. The lease of this row is held by the process that
    loads the space's encoder beside the active one; ``attempts`` counts such loads since the last
    one that succeeded.
    """

    class Problem(models.TextChoices):
        MODEL_UNAVAILABLE = "model_unavailable", _("The model cannot be loaded: %(detail)s")
        NOT_ENOUGH_MEMORY = (
            "not_enough_memory",
            _(
                "Not enough memory to load this model in addition to the active one: it needs "
                "about %(needed)s MB, and %(free)s MB are free. The backfill continues when "
                "enough memory is free."
            ),
        )
        LOADING_INTERRUPTED = (
            "loading_interrupted",
            _(
                "The process was killed %(times)s times while it loaded the model, most likely "
                "because memory ran out. Add memory and resume, or choose a smaller model."
            ),
        )
        TOO_MANY_SKIPPED = (
            "too_many_skipped",
            _("Too many pictures could not be processed. The last error: %(detail)s"),
        )

    space = models.OneToOneField(EmbeddingSpace, models.CASCADE, related_name="backfill")
    switch_when_complete = models.BooleanField(_("switches automatically"), default=True)

    objects = SpaceBackfillQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(models.Value(1), name="one_space_backfill_at_a_time")
        ]

    def __str__(self) -> str:
        return f"backfill of {self.space_id}"


class BackfillItemQuerySet(WorkQuerySet):
    def add_for(self, images: Sequence[uuid.UUID]) -> None:
        """Add an item for each image that becomes searchable in the caller's transaction, so that
        a complete backfill need not scan all images to find it. Does nothing if no backfill runs.

        ``FOR KEY SHARE`` blocks nothing but the deletion of the backfill.
        """
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO gallery_backfillitem"
                " (backfill_id, image_id, attempts, skipped, error_code, error_message)"
                " SELECT b.id, i.id, 0, false, '', ''"
                " FROM gallery_spacebackfill b CROSS JOIN unnest(%s::uuid[]) AS i(id)"
                " WHERE b.state = 'running' AND NOT EXISTS (SELECT FROM gallery_embedding e"
                " WHERE e.image_id = i.id AND e.space_id = b.space_id)"
                " FOR KEY SHARE OF b ON CONFLICT DO NOTHING",
                [list(images)],
            )


class BackfillItem(JobItem):
    """One image that a backfill works on. A few hundred exist at a time, and the skipped ones.

    There is no foreign key constraint to the image, so that deleting images does not involve
    this table.
    """

    backfill = models.ForeignKey(SpaceBackfill, models.CASCADE, related_name="items")
    image = models.ForeignKey(
        Image, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )

    objects = BackfillItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image", "backfill"], name="one_backfill_item_per_image"
            )
        ]

    def __str__(self) -> str:
        return f"{self.image_id} in {self.backfill_id}"
