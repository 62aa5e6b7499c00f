"""The files of existing images are read again, for their keywords."""

from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations, models

from gallery.migrations.indexes.concurrently import AddIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("gallery", "0024_tag_words")]

    operations = [
        RemoveIndexConcurrently(model_name="image", name="image_facts_due"),
        AddIndex(
            model_name="image",
            index=models.Index(
                condition=models.Q(("facts_version__lt", 2), ("state__in", ["derived", "ready"])),
                fields=["id"],
                name="image_facts_due",
            ),
        ),
    ]
