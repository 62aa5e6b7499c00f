"""Moderation: rules, lists of hashes, decisions, appeals, and the state of each image."""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

from gallery.migrations.moderation import archive, states


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('gallery', '0025_facts_with_keywords'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HashListEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.CharField(max_length=64, unique=True, verbose_name='hash')),
                ('perceptual_hash', models.BigIntegerField(editable=False, null=True)),
                ('radius', models.PositiveSmallIntegerField(default=0, validators=[django.core.validators.MaxValueValidator(16)], verbose_name='radius')),
                ('action', models.CharField(choices=[('hold', 'needs review'), ('hide', 'hide'), ('block', 'block')], default='block', max_length=7, verbose_name='action')),
                ('list_name', models.CharField(blank=True, max_length=60, verbose_name='list')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='created at')),
            ],
            options={
                'verbose_name': 'hash of a picture',
                'verbose_name_plural': 'hashes of pictures',
            },
        ),
        migrations.CreateModel(
            name='ModerationDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(choices=[('rule', 'rule'), ('hash_list', 'list of hashes'), ('upload', 'upload'), ('check', 'comparison with the rules'), ('person', 'person')], max_length=9, verbose_name='source')),
                ('action', models.CharField(choices=[('hold', 'needs review'), ('hide', 'hide'), ('block', 'block'), ('approve', 'approve'), ('reject', 'reject'), ('restore', 'restore')], max_length=7, verbose_name='action')),
                ('before', models.CharField(choices=[('visible', 'visible'), ('held', 'held for review'), ('hidden', 'hidden'), ('blocked', 'blocked')], max_length=7, verbose_name='before')),
                ('after', models.CharField(choices=[('visible', 'visible'), ('held', 'held for review'), ('hidden', 'hidden'), ('blocked', 'blocked')], max_length=7, verbose_name='after')),
                ('detail', models.CharField(blank=True, max_length=200)),
                ('score', models.FloatField(null=True, verbose_name='similarity')),
                ('threshold', models.FloatField(null=True, verbose_name='threshold')),
                ('note', models.TextField(blank=True, max_length=1000, verbose_name='note to the owner')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='decided at')),
            ],
            options={
                'verbose_name': 'decision of moderation',
                'verbose_name_plural': 'moderation',
            },
        ),
        migrations.CreateModel(
            name='ModerationRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('action', models.CharField(choices=[('hold', 'needs review'), ('hide', 'hide'), ('block', 'block')], default='hold', max_length=7, verbose_name='action')),
                ('least_match', models.CharField(choices=[('possible', 'possible match'), ('good', 'good match'), ('strong', 'strong match')], default='good', max_length=8, verbose_name='from')),
                ('threshold', models.FloatField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(-1.0), django.core.validators.MaxValueValidator(1.0)], verbose_name='threshold')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='created at')),
            ],
            options={
                'verbose_name': 'moderation rule',
                'verbose_name_plural': 'moderation rules',
            },
        ),
        migrations.CreateModel(
            name='UploadReview',
            fields=[
                ('group', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='upload_review', serialize=False, to='auth.group')),
                ('holds_uploads', models.BooleanField(default=False, verbose_name='hold uploads until they are reviewed')),
            ],
            options={
                'verbose_name': 'review of uploads',
                'verbose_name_plural': 'reviews of uploads',
            },
        ),
        migrations.AddField(
            model_name='hashlistentry',
            name='created_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.CreateModel(
            name='ModerationAppeal',
            fields=[
                ('decision', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='appeal', serialize=False, to='gallery.moderationdecision')),
                ('text', models.TextField(max_length=1000, verbose_name='appeal')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='sent at')),
            ],
        ),
        migrations.AddField(
            model_name='moderationdecision',
            name='decided_by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='moderationdecision',
            name='entry',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='gallery.hashlistentry'),
        ),
        migrations.AddField(
            model_name='moderationdecision',
            name='image',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='moderation_decisions', to='gallery.image'),
        ),
        migrations.AddField(
            model_name='moderationdecision',
            name='tag',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='gallery.tag'),
        ),
        migrations.AddField(
            model_name='moderationrule',
            name='tag',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='moderation_rule', to='gallery.tag', verbose_name='tag'),
        ),
        migrations.AddConstraint(
            model_name='hashlistentry',
            constraint=models.CheckConstraint(condition=models.Q(('action__in', ['hold', 'hide', 'block'])), name='hash_list_entry_is_automatic'),
        ),
        migrations.AddField(
            model_name='moderationappeal',
            name='answer',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='answered_appeals', to='gallery.moderationdecision'),
        ),
        migrations.AddIndex(
            model_name='moderationdecision',
            index=models.Index(fields=['image', '-id'], name='moderation_history'),
        ),
        migrations.AddConstraint(
            model_name='moderationdecision',
            constraint=models.CheckConstraint(condition=models.Q(('after__in', ['visible', 'held', 'hidden', 'blocked'])), name='moderation_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='moderationrule',
            constraint=models.CheckConstraint(condition=models.Q(('action__in', ['hold', 'hide', 'block'])), name='moderation_rule_is_automatic'),
        ),
        migrations.CreateModel(
            name='ArchivedDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('source', models.CharField(choices=[('rule', 'rule'), ('hash_list', 'list of hashes'), ('upload', 'upload'), ('check', 'comparison with the rules'), ('person', 'person')], max_length=9, verbose_name='source')),
                ('action', models.CharField(choices=[('hold', 'needs review'), ('hide', 'hide'), ('block', 'block'), ('approve', 'approve'), ('reject', 'reject'), ('restore', 'restore')], max_length=7, verbose_name='action')),
                ('after', models.CharField(choices=[('visible', 'visible'), ('held', 'held for review'), ('hidden', 'hidden'), ('blocked', 'blocked')], max_length=7, verbose_name='after')),
                ('detail', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('note', models.TextField(blank=True, max_length=1000, verbose_name='note to the owner')),
                ('decided_at', models.DateTimeField(verbose_name='decided at')),
                ('deleted_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='picture deleted at')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
            ],
            options={
                'verbose_name': 'decision about a deleted picture',
                'verbose_name_plural': 'decisions about deleted pictures',
                'indexes': [models.Index(fields=['sha256'], name='archived_decision_file')],
            },
        ),
        migrations.AlterModelOptions(
            name='image',
            options={'permissions': [('moderate_images', 'Can moderate pictures'), ('upload_unchecked', 'Can upload pictures that others see before the rules apply')], 'verbose_name': 'picture', 'verbose_name_plural': 'pictures'},
        ),
        # Last, because nobody can upload until the transaction ends.
        migrations.AddField(
            model_name='image',
            name='moderation',
            field=models.CharField(choices=[('visible', 'visible'), ('held', 'held for review'), ('hidden', 'hidden'), ('blocked', 'blocked')], db_default='visible', default='visible', editable=False, max_length=7, verbose_name='moderation'),
        ),
        AddConstraintNotValid(
            model_name='image',
            constraint=models.CheckConstraint(condition=models.Q(('moderation__in', ['visible', 'held', 'hidden', 'blocked'])), name='image_moderation_is_known'),
        ),
        migrations.RunPython(states.create, states.drop),
        migrations.RunPython(archive.create, archive.drop),
    ]
