"""Bulk imports: jobs, rows, files of watched folders, and vectors that come with pictures."""

import django.db.models.deletion
import django.db.models.functions.datetime
import pgvector.django.vector
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('gallery', '0033_undone_decisions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportJob',
            fields=[
                ('state', models.CharField(choices=[('running', 'running'), ('paused', 'paused')], default='running', max_length=8, verbose_name='status')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='started at')),
                ('completed_at', models.DateTimeField(editable=False, null=True, verbose_name='complete since')),
                ('counted_at', models.DateTimeField(editable=False, null=True)),
                ('missing', models.PositiveIntegerField(editable=False, null=True)),
                ('pace', models.FloatField(editable=False, null=True)),
                ('scanned_to', models.DateTimeField(editable=False, null=True)),
                ('scanned_at', models.DateTimeField(editable=False, null=True)),
                ('problem_code', models.CharField(blank=True, max_length=40)),
                ('problem_data', models.JSONField(default=dict)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('folder', 'folder'), ('watched', 'watched folder'), ('zip', 'ZIP archive'), ('csv', 'CSV'), ('tsv', 'TSV'), ('jsonl', 'JSON Lines'), ('parquet', 'Parquet')], max_length=8, verbose_name='kind')),
                ('name', models.CharField(max_length=255, verbose_name='source')),
                ('source', models.TextField(editable=False)),
                ('is_uploaded', models.BooleanField(default=False, editable=False)),
                ('stamp', models.CharField(blank=True, editable=False, max_length=120)),
                ('visibility', models.CharField(blank=True, choices=[('public', 'everyone'), ('members', 'people who are logged in'), ('private', 'only me')], default='', max_length=8, verbose_name='visibility')),
                ('on_duplicate', models.CharField(default='keep', max_length=8)),
                ('tags', models.JSONField(default=list, verbose_name='tags')),
                ('embedding_model', models.CharField(blank=True, max_length=200)),
                ('position', models.TextField(blank=True, editable=False)),
                ('is_read', models.BooleanField(default=False, editable=False)),
                ('total', models.PositiveBigIntegerField(editable=False, null=True, verbose_name='rows')),
                ('rows_read', models.PositiveBigIntegerField(default=0, editable=False, verbose_name='read')),
                ('imported', models.PositiveBigIntegerField(default=0, editable=False, verbose_name='imported')),
                ('duplicates', models.PositiveBigIntegerField(default=0, editable=False, verbose_name='duplicates')),
                ('dropped', models.PositiveBigIntegerField(default=0, editable=False, verbose_name='dropped')),
                ('incomplete', models.PositiveBigIntegerField(default=0, editable=False)),
                ('worked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='imports', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
            ],
            options={
                'verbose_name': 'import',
                'verbose_name_plural': 'imports',
            },
        ),
        migrations.CreateModel(
            name='ImportedFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', models.TextField()),
                ('size', models.PositiveBigIntegerField()),
                ('modified_ns', models.BigIntegerField()),
                ('job', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='files', to='gallery.importjob')),
            ],
        ),
        migrations.CreateModel(
            name='ImportRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('attempts', models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='attempts')),
                ('lease_until', models.DateTimeField(editable=False, null=True, verbose_name='held until')),
                ('next_attempt_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='next attempt')),
                ('skipped', models.BooleanField(default=False)),
                ('error_code', models.CharField(blank=True, max_length=40)),
                ('error_message', models.CharField(blank=True, max_length=300)),
                ('number', models.PositiveBigIntegerField(verbose_name='row')),
                ('place', models.TextField(verbose_name='source')),
                ('host', models.CharField(blank=True, max_length=255)),
                ('fields', models.JSONField(default=dict)),
                ('vector', pgvector.django.vector.VectorField(dimensions=512, null=True)),
                ('note', models.CharField(blank=True, max_length=40)),
                ('outcome', models.CharField(blank=True, choices=[('', 'waiting'), ('imported', 'imported incompletely'), ('dropped', 'dropped')], max_length=8, verbose_name='result')),
                ('job', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='gallery.importjob')),
                ('space', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='gallery.embeddingspace')),
            ],
            options={
                'verbose_name': 'row of an import',
                'verbose_name_plural': 'rows of imports',
            },
        ),
        migrations.CreateModel(
            name='ProvidedVector',
            fields=[
                ('pk', models.CompositePrimaryKey('image_id', 'space_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('vector', pgvector.django.vector.VectorField(dimensions=512)),
                ('image', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='provided_vectors', to='gallery.image')),
                ('space', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='gallery.embeddingspace')),
            ],
        ),
        migrations.RunSQL(
            "ALTER TABLE gallery_providedvector ALTER COLUMN vector SET STORAGE PLAIN",
            migrations.RunSQL.noop,
        ),
        migrations.AddIndex(
            model_name='importjob',
            index=models.Index(fields=['owner', '-created_at'], name='import_owner_newest'),
        ),
        migrations.AddConstraint(
            model_name='importjob',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['folder', 'watched', 'zip', 'csv', 'tsv', 'jsonl', 'parquet'])), name='import_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='importedfile',
            constraint=models.UniqueConstraint(fields=('job', 'path'), name='one_imported_file_per_path'),
        ),
        migrations.AddIndex(
            model_name='importrow',
            index=models.Index(condition=models.Q(('skipped', False)), fields=['job', 'next_attempt_at'], name='import_row_due'),
        ),
        migrations.AddIndex(
            model_name='importrow',
            index=models.Index(condition=models.Q(('skipped', True)), fields=['job', 'number'], name='import_row_reported'),
        ),
        migrations.AddConstraint(
            model_name='importrow',
            constraint=models.UniqueConstraint(fields=('job', 'number'), name='one_import_row_per_number'),
        ),
    ]
