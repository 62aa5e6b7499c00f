"""The index of the column that the migration before adds, built while pictures are uploaded."""

from django.db import migrations, models

from gallery.migrations.indexes.concurrently import AddIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("gallery", "0042_imports_delete_pictures")]

    operations = [
        AddIndex(
            model_name="image",
            index=models.Index(
                condition=models.Q(("import_id__isnull", False)),
                fields=["import_id", "id"],
                name="image_import",
            ),
        ),
    ]
