"""API tokens from before tokens expired get the lifetime of new ones, from now on."""

from django.conf import settings
from django.db import migrations
from django.db.models.functions import Now


def set_expiry(apps, schema_editor):
    lifetime = settings.REST_KNOX["TOKEN_TTL"]
    if lifetime is not None:
        tokens = apps.get_model("knox", "AuthToken").objects
        tokens.filter(expiry=None).update(expiry=Now() + lifetime)


class Migration(migrations.Migration):
    dependencies = [
        ("gallery", "0019_owned_file_names"),
        ("knox", "0009_extend_authtoken_field"),
    ]

    operations = [migrations.RunPython(set_expiry, migrations.RunPython.noop)]
