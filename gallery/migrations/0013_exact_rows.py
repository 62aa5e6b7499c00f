from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Existing indexes are calibrated again, which measures ``exact_rows``."""

    dependencies = [
        ("gallery", "0012_title_words"),
    ]

    operations = [
        migrations.AddField(
            model_name='indexbuild',
            name='exact_rows',
            field=models.PositiveIntegerField(db_default=1000),
        ),
        migrations.RunSQL(
            "UPDATE gallery_indexbuild SET calibrated_at = NULL", migrations.RunSQL.noop
        ),
    ]
