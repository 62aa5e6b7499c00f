"""An upgrade gives API tokens without an expiry the lifetime of new tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from knox.models import AuthToken

from tests.builders import make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def upgrade() -> None:
    MigrationExecutor(connection).migrate([("gallery", "0019_owned_file_names")])
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def test_tokens_without_expiry_get_the_default() -> None:
    user = make_user()
    old, _ = AuthToken.objects.create(user=user, expiry=None)
    new, _ = AuthToken.objects.create(user=user, expiry=timedelta(days=3))
    upgrade()
    in_90_days = timezone.now() + timedelta(days=90)
    assert abs(AuthToken.objects.get(pk=old.pk).expiry - in_90_days) < timedelta(hours=1)
    assert AuthToken.objects.get(pk=new.pk).expiry == new.expiry


def test_sites_whose_tokens_never_expire_keep_them(settings: Any) -> None:
    settings.REST_KNOX = {"TOKEN_TTL": None}
    old, _ = AuthToken.objects.create(user=make_user(), expiry=None)
    upgrade()
    assert AuthToken.objects.get(pk=old.pk).expiry is None
