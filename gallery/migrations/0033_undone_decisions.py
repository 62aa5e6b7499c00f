"""Decisions of moderation name the hash of a list, what they changed, and what they undo."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def copy_hashes(apps, schema_editor):
    """Of the entries that exist."""
    entries = apps.get_model('gallery', 'HashListEntry').objects.filter(pk=OuterRef('entry'))
    listed = apps.get_model('gallery', 'ModerationDecision').objects.exclude(entry=None)
    listed.update(listed_hash=Subquery(entries.values('value')[:1]))


class Migration(migrations.Migration):

    dependencies = [
        ('gallery', '0032_map'),
    ]

    operations = [
        migrations.AddField(
            model_name='moderationdecision',
            name='listed_hash',
            field=models.CharField(blank=True, default='', max_length=64),
            preserve_default=False,
        ),
        migrations.RunPython(copy_hashes, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name='moderationdecision',
            name='entry',
        ),
        migrations.AddField(
            model_name='moderationdecision',
            name='changed_list',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='moderationdecision',
            name='undoes',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='gallery.moderationdecision'),
        ),
    ]
