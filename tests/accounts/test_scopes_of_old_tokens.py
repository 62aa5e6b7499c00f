"""An upgrade lets API tokens do what they could do before tokens had scopes."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from knox.models import AuthToken

from tests.builders import by_token, make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_old_tokens_keep_what_they_could() -> None:
    expected = {}
    MigrationExecutor(connection).migrate([("gallery", "0020_token_expiry")])
    for name, fields in {
        "ann": {},
        "staff": {"is_staff": True},
        "root": {"is_superuser": True},
    }.items():
        _row, token = AuthToken.objects.create(user=make_user(name, **fields))
        expected[token] = ["read", "write", *(["admin"] if fields else [])]
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    for token, scopes in expected.items():
        answer = Client().get("/api/v1/auth/tokens/", headers=by_token(token))
        assert [row["scopes"] for row in answer.json()["results"]] == [scopes]
