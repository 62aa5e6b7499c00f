"""Tags: the vocabulary, the tags of images, and their suggestions."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import pgvector.django.vector
from django.conf import settings
from django.db import migrations, models

from gallery.migrations.tags import columns


class Migration(migrations.Migration):

    dependencies = [
        ('gallery', '0022_scopes_of_existing_tokens'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ImageTag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(choices=[('person', 'person'), ('zero_shot', 'suggestion'), ('import', 'import')], max_length=9, verbose_name='source')),
                ('state', models.CharField(choices=[('suggested', 'suggested'), ('approved', 'approved'), ('rejected', 'rejected')], max_length=9, verbose_name='status')),
                ('score', models.FloatField(null=True, verbose_name='similarity')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided at')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created at')),
            ],
            options={
                'verbose_name': 'tag of a picture',
                'verbose_name_plural': 'tags of pictures',
            },
        ),
        migrations.CreateModel(
            name='SuggestionItem',
            fields=[
                ('image', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='suggestion_item', serialize=False, to='gallery.image')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name='SuggestionScan',
            fields=[
                ('space', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='suggestion_scan', serialize=False, to='gallery.embeddingspace')),
                ('vocabulary', models.CharField(max_length=64)),
                ('scanned_to', models.UUIDField(null=True)),
                ('completed_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Tag',
            fields=[
                ('id', models.AutoField(primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('name_zh', models.CharField(blank=True, max_length=60, verbose_name='Chinese name')),
                ('kind', models.CharField(choices=[('subject', 'what is in the picture'), ('scene', 'where or when it was taken')], default='subject', max_length=7, verbose_name='kind')),
                ('group', models.CharField(blank=True, max_length=40, verbose_name='group')),
                ('colour', models.CharField(blank=True, max_length=7, validators=[django.core.validators.RegexValidator('^#[0-9a-f]{6}$', 'A colour is #rrggbb.')], verbose_name='colour')),
                ('templates', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=100), blank=True, default=list, size=None, verbose_name='templates')),
                ('threshold', models.FloatField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(-1.0), django.core.validators.MaxValueValidator(1.0)], verbose_name='threshold')),
                ('is_suggested', models.BooleanField(default=True, verbose_name='suggest it for pictures')),
                ('is_automatic', models.BooleanField(default=False, verbose_name='approve suggestions at once')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='created at')),
            ],
            options={
                'verbose_name': 'tag',
                'verbose_name_plural': 'tags',
            },
        ),
        migrations.CreateModel(
            name='TagScoring',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('prompts', models.CharField(max_length=64)),
                ('vector', pgvector.django.vector.VectorField(dimensions=512)),
                ('median', models.FloatField()),
                ('spread', models.FloatField()),
                ('threshold', models.FloatField(verbose_name='threshold')),
                ('decisions', models.PositiveIntegerField(default=0)),
                ('measured_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='measured at')),
            ],
        ),
        migrations.AddField(
            model_name='image',
            name='tag_ids',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), db_default=[], editable=False, size=None),
        ),
        migrations.AddField(
            model_name='image',
            name='tag_names',
            field=models.TextField(db_default='', editable=False),
        ),
        migrations.AddField(
            model_name='imagetag',
            name='decided_by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='imagetag',
            name='image',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='image_tags', to='gallery.image'),
        ),
        migrations.AddField(
            model_name='imagetag',
            name='space',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='gallery.embeddingspace'),
        ),
        migrations.AddField(
            model_name='tag',
            name='created_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='imagetag',
            name='tag',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='image_tags', to='gallery.tag'),
        ),
        migrations.AddField(
            model_name='tagscoring',
            name='space',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tag_scorings', to='gallery.embeddingspace'),
        ),
        migrations.AddField(
            model_name='tagscoring',
            name='tag',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scorings', to='gallery.tag'),
        ),
        migrations.AddConstraint(
            model_name='tag',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='one_tag_per_name'),
        ),
        migrations.AddConstraint(
            model_name='tag',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('name_zh'), condition=models.Q(('name_zh', ''), _negated=True), name='one_tag_per_chinese_name'),
        ),
        migrations.AddConstraint(
            model_name='tag',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='a_tag_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='tag',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['subject', 'scene'])), name='tag_kind_is_known'),
        ),
        migrations.AddIndex(
            model_name='imagetag',
            index=models.Index(fields=['tag', 'state', '-score'], name='image_tag_review'),
        ),
        migrations.AddConstraint(
            model_name='imagetag',
            constraint=models.UniqueConstraint(fields=('image', 'tag'), name='one_row_per_image_and_tag'),
        ),
        migrations.AddConstraint(
            model_name='imagetag',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['suggested', 'approved', 'rejected'])), name='image_tag_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='imagetag',
            constraint=models.CheckConstraint(condition=models.Q(('source__in', ['person', 'zero_shot', 'import'])), name='image_tag_source_is_known'),
        ),
        migrations.AddConstraint(
            model_name='tagscoring',
            constraint=models.UniqueConstraint(fields=('tag', 'space'), name='one_scoring_per_tag_and_space'),
        ),
        migrations.RunPython(columns.create, columns.drop),
    ]
