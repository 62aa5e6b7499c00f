"""Activity of people: consent, views, searches, reactions, and interests."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import pgvector.django.vector
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('gallery', '0028_llm_usage'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ActivityConsent',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='activity_consent', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('given_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'verbose_name': 'consent to recording',
                'verbose_name_plural': 'consents to recording',
            },
        ),
        migrations.CreateModel(
            name='TasteProfile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('changes', models.PositiveBigIntegerField(default=1)),
                ('built_changes', models.PositiveBigIntegerField(default=0)),
                ('built_at', models.DateTimeField(null=True)),
                ('space', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='gallery.embeddingspace')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='taste_profile', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'taste profile',
                'verbose_name_plural': 'taste profiles',
            },
        ),
        migrations.CreateModel(
            name='Interest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('text', 'text'), ('picture', 'picture')], max_length=7)),
                ('weight', models.FloatField()),
                ('images', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                ('texts', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('vector', pgvector.django.vector.VectorField(dimensions=512)),
                ('profile', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='interests', to='gallery.tasteprofile')),
            ],
            options={
                'verbose_name': 'interest',
                'verbose_name_plural': 'interests',
                'ordering': ['-weight', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='ActivityEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('view', 'View'), ('search', 'Search')], max_length=6)),
                ('text', models.TextField(blank=True)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), db_index=True)),
                ('image', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='gallery.image')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='activity', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'activity',
                'verbose_name_plural': 'activities',
                'indexes': [models.Index(fields=['user', '-at'], name='activity_newest')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('kind', 'view')), fields=('user', 'image'), name='one_view_per_image'), models.UniqueConstraint(models.F('user'), django.db.models.functions.text.MD5('text'), condition=models.Q(('kind', 'search')), name='one_search_per_text'), models.CheckConstraint(condition=models.Q(models.Q(('image__isnull', False), ('kind', 'view'), ('text', '')), models.Q(('image', None), ('kind', 'search'), models.Q(('text', ''), _negated=True)), _connector='OR'), name='activity_event_is_of_one_kind')],
            },
        ),
        migrations.CreateModel(
            name='Reaction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('like', 'Like'), ('dislike', 'Dislike')], max_length=7)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('image', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reactions', to='gallery.image')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='reactions', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'reaction',
                'verbose_name_plural': 'reactions',
                'indexes': [models.Index(fields=['user', 'kind', '-at'], name='reaction_newest')],
                'constraints': [models.UniqueConstraint(fields=('user', 'image'), name='one_reaction_per_image'), models.CheckConstraint(condition=models.Q(('kind__in', ['like', 'dislike'])), name='reaction_is_known')],
            },
        ),
    ]
