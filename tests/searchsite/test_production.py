"""Production uses its own PostgreSQL and Redis, and imports nothing of searchsite.local."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

PRODUCTION = {
    "SEARCHSITE_PRODUCTION": "1",
    "ALLOWED_HOSTS": "pictures.example.org",
    "SECRET_KEY": "x" * 50,
    "DATABASE_URL": settings.DATABASE_URL,
    "REDIS_URL": settings.REDIS_URL,
}


def load(entry_point: str, environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "tests.searchsite.programs.load_production", entry_point],
        cwd=settings.BASE_DIR,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("entry_point", ["web", "worker"])
def test_production_does_not_import_searchsite_local(entry_point: str) -> None:
    result = load(entry_point, PRODUCTION)
    assert (result.returncode, result.stdout) == (0, ""), result.stderr


@pytest.mark.parametrize("variable", ["SECRET_KEY", "DATABASE_URL", "REDIS_URL"])
def test_production_requires_its_addresses_and_secret(variable: str) -> None:
    result = load("worker", {**PRODUCTION, variable: ""})
    assert result.returncode == 1
    assert variable in result.stderr.splitlines()[-1]
