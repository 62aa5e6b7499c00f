import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('gallery', '0004_long_jobs'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='IndexMeasurement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('query_kind', models.CharField(choices=[('text', 'text'), ('picture', 'picture')], max_length=7, verbose_name='query')),
                ('index_kind', models.CharField(choices=[('ivfflat', 'ivfflat'), ('ivfflat_half', 'ivfflat of 16-bit vectors'), ('hnsw', 'HNSW')], max_length=16, verbose_name='index')),
                ('lists', models.PositiveIntegerField(null=True, verbose_name='lists')),
                ('effort', models.PositiveIntegerField(verbose_name='probes')),
                ('rows', models.PositiveIntegerField(verbose_name='rows')),
                ('queries', models.PositiveIntegerField(verbose_name='queries')),
                ('source', models.CharField(choices=[('past_queries', 'past queries'), ('captions', 'captions'), ('moved_vectors', 'stored vectors, moved by the modality gap'), ('stored_vectors', 'stored vectors')], max_length=16, verbose_name='source of the queries')),
                ('recall', models.FloatField(verbose_name='recall@10')),
                ('recall_low', models.FloatField()),
                ('recall_high', models.FloatField()),
                ('milliseconds', models.FloatField(verbose_name='median time')),
                ('chosen', models.BooleanField(default=False, verbose_name='in use')),
                ('measured_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='measured at')),
            ],
            options={
                'verbose_name': 'index measurement',
                'verbose_name_plural': 'index measurements',
            },
        ),
        migrations.RenameField('indexbuild', 'probes', 'text_effort'),
        migrations.AddField(
            model_name='image',
            name='blue_yellow',
            field=models.FloatField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='image',
            name='camera',
            field=models.CharField(db_default='', editable=False, max_length=100, verbose_name='camera'),
        ),
        migrations.AddField(
            model_name='image',
            name='external_id',
            field=models.CharField(blank=True, db_default='', max_length=200, verbose_name='external ID'),
        ),
        migrations.AddField(
            model_name='image',
            name='green_red',
            field=models.FloatField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='image',
            name='latitude',
            field=models.FloatField(editable=False, null=True, verbose_name='latitude'),
        ),
        migrations.AddField(
            model_name='image',
            name='lens',
            field=models.CharField(db_default='', editable=False, max_length=100, verbose_name='lens'),
        ),
        migrations.AddField(
            model_name='image',
            name='lightness',
            field=models.FloatField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='image',
            name='longitude',
            field=models.FloatField(editable=False, null=True, verbose_name='longitude'),
        ),
        migrations.AddField(
            model_name='image',
            name='metadata',
            field=models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict, verbose_name='metadata'),
        ),
        migrations.AddField(
            model_name='indexbuild',
            name='calibrated_at',
            field=models.DateTimeField(null=True, verbose_name='calibrated at'),
        ),
        migrations.AddField(
            model_name='indexbuild',
            name='kind',
            field=models.CharField(choices=[('ivfflat', 'ivfflat'), ('ivfflat_half', 'ivfflat of 16-bit vectors'), ('hnsw', 'HNSW')], default='ivfflat', max_length=16, verbose_name='kind'),
        ),
        migrations.AddField(
            model_name='indexbuild',
            name='picture_effort',
            field=models.PositiveIntegerField(default=1, verbose_name='probes for pictures'),
            preserve_default=False,
        ),
        migrations.RunSQL(
            'UPDATE gallery_indexbuild SET picture_effort = text_effort', migrations.RunSQL.noop
        ),
        migrations.AlterField(
            model_name='indexbuild',
            name='text_effort',
            field=models.PositiveIntegerField(verbose_name='probes for texts'),
        ),
        migrations.AlterField(
            model_name='indexbuild',
            name='lists',
            field=models.PositiveIntegerField(null=True, verbose_name='lists'),
        ),
        migrations.AddIndex(
            model_name='image',
            index=models.Index(fields=['taken_at'], name='image_taken'),
        ),
        migrations.AddIndex(
            model_name='image',
            index=models.Index(fields=['camera'], name='image_camera'),
        ),
        migrations.AddIndex(
            model_name='image',
            index=models.Index(condition=models.Q(('latitude__isnull', False)), fields=['latitude', 'longitude'], name='image_place'),
        ),
        migrations.AddIndex(
            model_name='image',
            index=django.contrib.postgres.indexes.GinIndex(fields=['metadata'], name='image_metadata', opclasses=['jsonb_path_ops']),
        ),
        migrations.AddConstraint(
            model_name='image',
            constraint=models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('owner', 'external_id'), name='one_image_per_owner_and_external_id', nulls_distinct=False),
        ),
        migrations.AddField(
            model_name='indexmeasurement',
            name='space',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='measurements', to='gallery.embeddingspace'),
        ),
        migrations.AddConstraint(
            model_name='indexmeasurement',
            constraint=models.UniqueConstraint(condition=models.Q(('chosen', True)), fields=('space', 'query_kind'), name='one_chosen_measurement'),
        ),
    ]
