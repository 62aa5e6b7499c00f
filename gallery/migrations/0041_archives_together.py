from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("gallery", "0040_webhooks")]

    operations = [
        migrations.AddField(
            model_name="importjob",
            name="parts",
            field=models.JSONField(default=list, editable=False),
        ),
        # A vector would be moved to TOAST, and be written twice as slowly.
        migrations.RunSQL(
            "ALTER TABLE gallery_importrow ALTER COLUMN vector SET STORAGE PLAIN",
            migrations.RunSQL.noop,
        ),
    ]
