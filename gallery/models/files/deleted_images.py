from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class DeletedImage(models.Model):
    """An image whose row is deleted and whose files may still exist.

    Triggers of the database insert the row in the transaction that deletes the image, whoever
    deletes it: the site, a cascade from its owner, or SQL (migration 0016).
    ``ingest.deleted_files`` removes the files and then this row.
    """

    image_id = models.UUIDField(primary_key=True, editable=False)
    original = models.CharField(max_length=120, editable=False)
    deleted_at = models.DateTimeField(db_default=Now(), editable=False)
    next_attempt_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes = [models.Index(fields=["next_attempt_at"], name="deleted_image_due")]

    def __str__(self) -> str:
        return str(self.image_id)
