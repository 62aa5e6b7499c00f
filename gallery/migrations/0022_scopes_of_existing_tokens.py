"""API tokens from before scopes keep what they could do: all that their person may do."""

from django.db import migrations


def grant(apps, schema_editor):
    grants = apps.get_model("gallery", "TokenGrant").objects
    tokens = apps.get_model("knox", "AuthToken").objects.filter(grant=None).select_related("user")
    grants.bulk_create(
        (grants.model(token=token, scopes=_scopes(token.user)) for token in tokens.iterator()),
        batch_size=1000,
    )


def _scopes(user):
    powerful = user.is_staff or user.is_superuser
    return ["read", "write", *(["admin"] if powerful else [])]


class Migration(migrations.Migration):
    dependencies = [("gallery", "0021_token_grants")]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
