"""The map of the gallery: projections, clusters, points, and pictures to be placed."""

import django.db.models.deletion
import django.db.models.functions.datetime
import pgvector.django.vector
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('gallery', '0031_image_indexes'),
    ]

    operations = [
        migrations.CreateModel(
            name='MapCluster',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('centre', pgvector.django.vector.VectorField(dimensions=512)),
            ],
        ),
        migrations.CreateModel(
            name='MapItem',
            fields=[
                ('image', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='map_item', serialize=False, to='gallery.image')),
            ],
        ),
        migrations.CreateModel(
            name='MapProjection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
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
                ('method', models.CharField(choices=[('pca', 'PCA'), ('umap', 'UMAP')], max_length=4, verbose_name='method')),
                ('mean', pgvector.django.vector.VectorField(dimensions=512, null=True)),
                ('first_axis', pgvector.django.vector.VectorField(dimensions=512, null=True)),
                ('second_axis', pgvector.django.vector.VectorField(dimensions=512, null=True)),
                ('pictures', models.PositiveIntegerField(default=0, verbose_name='pictures')),
                ('fitted_at', models.DateTimeField(editable=False, null=True)),
                ('placed_to', models.UUIDField(editable=False, null=True)),
                ('space', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='map_projections', to='gallery.embeddingspace', verbose_name='embedding space')),
            ],
            options={
                'verbose_name': 'map of the gallery',
                'verbose_name_plural': 'maps of the gallery',
            },
        ),
        migrations.CreateModel(
            name='MapPoint',
            fields=[
                ('pk', models.CompositePrimaryKey('image_id', 'projection_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('x', models.FloatField()),
                ('y', models.FloatField()),
                ('is_anchor', models.BooleanField(default=False)),
                ('cluster', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='points', to='gallery.mapcluster')),
                ('image', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='map_points', to='gallery.image')),
                ('projection', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='points', to='gallery.mapprojection')),
            ],
        ),
        migrations.AddField(
            model_name='mapcluster',
            name='projection',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='clusters', to='gallery.mapprojection'),
        ),
        migrations.AddConstraint(
            model_name='mapprojection',
            constraint=models.CheckConstraint(condition=models.Q(('method__in', ['pca', 'umap'])), name='map_method_is_known'),
        ),
        migrations.AddConstraint(
            model_name='mapcluster',
            constraint=models.UniqueConstraint(fields=('projection', 'number'), name='one_cluster_per_number'),
        ),
    ]
