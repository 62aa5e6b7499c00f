"""Containers of several machines may start together on an empty database."""

import os
import subprocess
import sys

import psycopg
import pytest
from django.conf import settings


@pytest.mark.django_db
@pytest.mark.slow
def test_three_migrations_of_an_empty_database_succeed() -> None:
    name = f"empty_{os.getpid()}"
    url = settings.DATABASE_URL.replace("/searchsite?", f"/{name}?")
    assert url != settings.DATABASE_URL
    with psycopg.connect(settings.DATABASE_URL, autocommit=True) as administrator:
        administrator.execute(f"CREATE DATABASE {name}".encode())
        try:
            command = [sys.executable, "manage.py", "migrate", "--noinput"]
            environment = {**os.environ, "DATABASE_URL": url}
            started = [
                subprocess.Popen(
                    command, cwd=settings.BASE_DIR, env=environment, stdout=subprocess.DEVNULL
                )
                for _ in range(3)
            ]
            assert [process.wait(120) for process in started] == [0, 0, 0]
        finally:
            administrator.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
