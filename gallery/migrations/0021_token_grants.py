import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('gallery', '0020_token_expiry'),
        ('knox', '0009_extend_authtoken_field'),
    ]

    operations = [
        migrations.CreateModel(
            name='TokenGrant',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(blank=True, max_length=100, verbose_name='name')),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('read', 'Read'), ('write', 'Write'), ('admin', 'Administer')], max_length=8), size=None, verbose_name='scopes')),
                ('token', models.OneToOneField(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='grant', to='knox.authtoken')),
            ],
            options={
                'verbose_name': 'grant of a token',
                'verbose_name_plural': 'grants of tokens',
                'constraints': [models.CheckConstraint(condition=models.Q(('scopes__contained_by', ['read', 'write', 'admin'])), name='scopes_are_known')],
            },
        ),
    ]
