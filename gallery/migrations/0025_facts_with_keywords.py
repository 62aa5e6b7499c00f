"""The files of existing images are read again, for their keywords."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("gallery", "0024_tag_words")]

    operations = [
        migrations.RemoveIndex(model_name="image", name="image_facts_due"),
        migrations.AddIndex(
            model_name="image",
            index=models.Index(
                condition=models.Q(("facts_version__lt", 2), ("state__in", ["derived", "ready"])),
                fields=["id"],
                name="image_facts_due",
            ),
        ),
    ]
