"""The perceptual hashes of pictures, and pairs of near-duplicates."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("gallery", "0026_moderation"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='NearDuplicateItem',
            fields=[
                ('image', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='near_duplicate_item', serialize=False, to='gallery.image')),
            ],
        ),
        migrations.CreateModel(
            name='NearDuplicateScan',
            fields=[
                ('space', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='near_duplicate_scan', serialize=False, to='gallery.embeddingspace')),
                ('scanned_to', models.UUIDField(null=True)),
                ('completed_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='NearDuplicatePair',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('distance', models.PositiveSmallIntegerField(null=True, verbose_name='different bits')),
                ('similarity', models.FloatField(null=True, verbose_name='similarity')),
                ('state', models.CharField(choices=[('open', 'open'), ('kept', 'both are kept')], default='open', max_length=4, verbose_name='status')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided at')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created at')),
                ('decided_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('first', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='gallery.image')),
                ('second', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='gallery.image')),
            ],
            options={
                'verbose_name': 'pair of near-duplicates',
                'verbose_name_plural': 'near-duplicates',
                'indexes': [models.Index(condition=models.Q(('state', 'open')), fields=['id'], name='pair_open')],
                'constraints': [models.UniqueConstraint(fields=('first', 'second'), name='one_row_per_pair'), models.CheckConstraint(condition=models.Q(('first__lt', models.F('second'))), name='pair_is_ordered'), models.CheckConstraint(condition=models.Q(('state__in', ['open', 'kept'])), name='pair_state_is_known')],
            },
        ),
        # Last, because nobody can upload until the transaction ends.
        migrations.AddField(
            model_name="image",
            name="perceptual_hash",
            field=models.BigIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="image",
            name="detail_hash",
            field=models.BinaryField(editable=False, max_length=32, null=True),
        ),
    ]
