from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Existing rows have 0 until the next measurement, which is at most a day later."""

    dependencies = [("gallery", "0010_filters")]

    operations = [
        migrations.AddField(
            model_name="relevancecalibration",
            name="unrelated",
            field=models.FloatField(default=0.0, verbose_name="unrelated"),
        ),
    ]
