"""The indexes and the constraint of the columns that the migrations 0023, 0026 and 0027 add, and an
index for lists of hashes.

They read the whole table, and pictures are uploaded meanwhile.
"""

from django.contrib.postgres.indexes import GinIndex, HashIndex
from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations, models

from gallery.migrations.indexes.concurrently import AddIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("gallery", "0030_names_of_tags")]

    operations = [
        AddIndex(
            model_name="image",
            index=GinIndex(fields=["tag_ids"], name="image_tags"),
        ),
        AddIndex(
            model_name="image",
            index=models.Index(condition=models.Q(("moderation", "visible"), _negated=True), fields=["moderation", "id"], name="image_moderation"),
        ),
        AddIndex(
            model_name="image",
            index=models.Index(condition=models.Q(("moderation", "blocked")), fields=["sha256"], name="image_blocked"),
        ),
        AddIndex(
            model_name="image",
            index=models.Index(
                condition=models.Q(
                    ("perceptual_hash__isnull", True), ("state__in", ["derived", "ready"])
                ),
                fields=["id"],
                name="image_hash_due",
            ),
        ),
        AddIndex(
            model_name="image",
            index=models.Index(
                condition=models.Q(("perceptual_hash__isnull", False)),
                fields=["owner", "perceptual_hash", "id"],
                name="image_hash",
            ),
        ),
        AddIndex(
            model_name="image",
            index=HashIndex(fields=["sha256"], name="image_sha256"),
        ),
        ValidateConstraint("image", "image_moderation_is_known"),
    ]
