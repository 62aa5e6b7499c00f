"""Pictures name the import that added them, so that they can be found and deleted together.

Both columns are added without reading their tables.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("gallery", "0041_archives_together")]

    operations = [
        migrations.AddField(
            model_name="importjob",
            name="deletes_pictures",
            field=models.BooleanField(db_default=False, editable=False),
        ),
        migrations.AddField(
            model_name="image",
            name="import_id",
            field=models.UUIDField(editable=False, null=True),
        ),
    ]
