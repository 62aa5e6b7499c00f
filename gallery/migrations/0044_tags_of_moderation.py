"""Tags that moderation names are not deleted with their last use."""

from django.db import migrations

from gallery.migrations.tags import moderated


class Migration(migrations.Migration):
    dependencies = [("gallery", "0043_image_import")]

    operations = [migrations.RunPython(moderated.replace, moderated.restore)]
