import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

_PROBLEMS = {
    "encoder": "model_unavailable",
    "lost": "loading_interrupted",
    "skipped": "too_many_skipped",
}


def move_backfills(apps, schema_editor):
    """A backfill was columns of its space, and becomes a row of its own; it goes on as it was."""
    EmbeddingSpace = apps.get_model("gallery", "EmbeddingSpace")
    IndexFailure = apps.get_model("gallery", "IndexFailure")
    EmbeddingSpace.objects.filter(fill="dropping").update(dropping=True)
    for space in EmbeddingSpace.objects.filter(fill__in=["running", "paused"]):
        _move(apps, space)
    for space in EmbeddingSpace.objects.filter(trouble_code="index"):
        IndexFailure.objects.create(space=space, detail=space.trouble, failed_at=space.trouble_at)


def _move(apps, space):
    problem = _PROBLEMS.get(space.trouble_code, "")
    data = {"times": space.trouble} if problem == "loading_interrupted" else {"detail": space.trouble}
    backfill = apps.get_model("gallery", "SpaceBackfill").objects.create(
        space=space,
        state=space.fill,
        created_at=space.started_at or space.created_at,
        completed_at=space.full_at,
        scanned_to=space.reached,
        switch_when_complete=space.switch_when_full,
        problem_code=problem,
        problem_data=data if problem else {},
    )
    BackfillItem = apps.get_model("gallery", "BackfillItem")
    jobs = apps.get_model("gallery", "FillJob").objects.filter(space=space)
    columns = ("image_id", "attempts", "lease_until", "next_attempt_at", "skipped", "error_code", "error_message")
    items = [BackfillItem(backfill=backfill, **row) for row in jobs.values(*columns).iterator()]
    BackfillItem.objects.bulk_create(items, batch_size=1000)


class Migration(migrations.Migration):

    dependencies = [
        ('gallery', '0003_space_troubles'),
    ]

    operations = [
        migrations.CreateModel(
            name='BackfillItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('attempts', models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='attempts')),
                ('lease_until', models.DateTimeField(editable=False, null=True, verbose_name='held until')),
                ('next_attempt_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='next attempt')),
                ('skipped', models.BooleanField(default=False)),
                ('error_code', models.CharField(blank=True, max_length=40)),
                ('error_message', models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name='IndexFailure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('detail', models.CharField(max_length=300)),
                ('failed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name='SpaceBackfill',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('attempts', models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='attempts')),
                ('lease_until', models.DateTimeField(editable=False, null=True, verbose_name='held until')),
                ('next_attempt_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='next attempt')),
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
                ('switch_when_complete', models.BooleanField(default=True, verbose_name='switches automatically')),
            ],
        ),
        migrations.AddField(
            model_name='embeddingspace',
            name='dropping',
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name='embeddingspace',
            name='activated_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='active since'),
        ),
        migrations.AddField(
            model_name='backfillitem',
            name='image',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='gallery.image'),
        ),
        migrations.AddField(
            model_name='indexfailure',
            name='space',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='index_failure', to='gallery.embeddingspace'),
        ),
        migrations.AddField(
            model_name='spacebackfill',
            name='space',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='backfill', to='gallery.embeddingspace'),
        ),
        migrations.AddField(
            model_name='backfillitem',
            name='backfill',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='gallery.spacebackfill'),
        ),
        migrations.AddConstraint(
            model_name='spacebackfill',
            constraint=models.UniqueConstraint(models.Value(1), name='one_space_backfill_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='backfillitem',
            constraint=models.UniqueConstraint(fields=('image', 'backfill'), name='one_backfill_item_per_image'),
        ),
        migrations.RunPython(move_backfills, migrations.RunPython.noop),
        # The inserted rows have deferred foreign keys; a table with pending checks cannot be altered.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RemoveConstraint(
            model_name='embeddingspace',
            name='one_filling_embedding_space',
        ),
        migrations.RemoveConstraint(
            model_name='embeddingspace',
            name='the_active_space_is_not_filled',
        ),
        migrations.RemoveField(
            model_name='embeddingspace',
            name='counted_at',
        ),
        migrations.RemoveField(
            model_name='embeddingspace',
            name='fill',
        ),
        migrations.RemoveField(
            model_name='embeddingspace',
            name='full_at',
        ),
        migrations.RemoveField(
            model_name='embeddingspace',
            name='loading_until',
        ),
        migrations.RemoveField(
            model_name='embeddingspace',
            name='loads',
        ),
        migrations.RemoveField(
            model_name='embeddingspace',
            name='looked_at',
        ),
        migrations.RemoveField(
            model_name='embeddingspace',
            name='missing',
        ),
        migrations.RemoveField(
            model_name='embeddingspace',
            name='pace',
        ),
        migrations.RemoveField(
            model_name='embeddingspace',
            name='reached',
        ),
        migrations.RemoveField(
            model_name='embeddingspace',
            name='started_at',
        ),
        migrations.RemoveField(
            model_name='embeddingspace',
            name='switch_when_full',
        ),
        migrations.RemoveField(
            model_name='embeddingspace',
            name='trouble',
        ),
        migrations.RemoveField(
            model_name='embeddingspace',
            name='trouble_at',
        ),
        migrations.RemoveField(
            model_name='embeddingspace',
            name='trouble_code',
        ),
        migrations.DeleteModel(
            name='FillJob',
        ),
        migrations.AddConstraint(
            model_name='embeddingspace',
            constraint=models.CheckConstraint(condition=models.Q(('active', False), ('dropping', False), _connector='OR'), name='the_active_space_is_not_dropped'),
        ),
    ]
