"""The date that a sidecar states, for pictures whose files have none."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("gallery", "0034_imports"),
    ]

    operations = [
        migrations.AddField(
            model_name="image",
            name="sidecar_taken_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
