"""Production uses its own PostgreSQL and Redis, and imports nothing of searchsite.local."""

import gzip
import os
import subprocess
import sys
from pathlib import Path

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
    return run(["-m", "tests.searchsite.programs.load_production", entry_point], environment)


def run(arguments: list[str], environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *arguments],
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


@pytest.mark.parametrize(("asked", "preload"), [("", False), ("true", True)])
def test_hsts_preloads_only_if_asked(asked: str, preload: bool) -> None:
    environment = {**PRODUCTION, "SECURE_HSTS_PRELOAD": asked}
    result = run(["-m", "tests.searchsite.programs.print_hsts"], environment)
    assert result.stdout.startswith("max-age=2592000"), result.stderr
    assert ("preload" in result.stdout) is preload


@pytest.mark.slow
def test_collected_files_are_compressed(tmp_path: Path) -> None:
    """As while the container's image is built."""
    environment = {**PRODUCTION, "STATIC_ROOT": str(tmp_path)}
    result = run(["manage.py", "collectstatic", "--noinput"], environment)
    assert result.returncode == 0, result.stderr
    (style,) = (tmp_path / "gallery" / "css").glob("base.????????????.css")
    assert gzip.decompress(style.with_name(f"{style.name}.gz").read_bytes()) == style.read_bytes()
