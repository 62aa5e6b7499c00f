"""Official tags are told apart from those that members added, and names are compared by keys."""

from django.db import migrations, models
from django.db.models import Q

from gallery.migrations.tags import keys, unused


def mark_official(apps, schema_editor):
    """Only staff and ready-made vocabularies gave tags these values."""
    given = ~Q(name_zh="") | ~Q(group="") | ~Q(colour="") | Q(threshold__isnull=False)
    tags = apps.get_model("gallery", "Tag").objects.filter(Q(is_suggested=True) | given)
    tags.update(is_official=True)


def _key(name):
    field = models.TextField(default="", editable=False)
    return migrations.AddField("tag", name, field, preserve_default=False)


class Migration(migrations.Migration):

    dependencies = [("gallery", "0029_activity")]

    operations = [
        migrations.AddField(
            model_name="tag",
            name="is_official",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="offer it to everybody"
            ),
        ),
        migrations.RunPython(mark_official, migrations.RunPython.noop),
        _key("name_key"),
        _key("name_zh_key"),
        migrations.RunPython(keys.fill, migrations.RunPython.noop),
        migrations.RemoveConstraint("tag", "one_tag_per_name"),
        migrations.RemoveConstraint("tag", "one_tag_per_chinese_name"),
        migrations.AddConstraint(
            "tag", models.UniqueConstraint(fields=["name_key"], name="one_tag_per_name_key")
        ),
        migrations.AddConstraint(
            "tag",
            models.UniqueConstraint(
                condition=~Q(name_zh_key=""),
                fields=["name_zh_key"],
                name="one_tag_per_chinese_name_key",
            ),
        ),
        migrations.RunPython(unused.create, unused.drop),
    ]
