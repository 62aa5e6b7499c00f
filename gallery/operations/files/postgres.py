"""Dumps the database with PostgreSQL's own programs, and loads a dump in one transaction."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db import connection
from psycopg import conninfo
from psycopg.pq import Conninfo

from gallery.core.config import config
from gallery.core.errors import BackupFailed

_MAX_ERROR = 2000


def dump(target: Path, snapshot: str) -> None:
    """Write the database, as an exported snapshot shows it, to a file of pg_dump's own format."""
    options = ["--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={target}"]
    _run(_command("pg_dump", *options))


def check(source: Path) -> None:
    """Raises ``BackupFailed`` if the file is not a dump."""
    _run([_program("pg_restore"), "--list", str(source)])


def load(source: Path) -> None:
    """Replace all tables of the database by those of the dump, or change nothing.

    One transaction drops every table of the schema, also those that the dump does not have, and
    loads the dump. The extension stays: only its owner could drop it.
    """
    contents = source.with_suffix(".list")
    contents.write_text(_without_extensions(source))
    to_script = [_program("pg_restore"), "--clean", "--if-exists", "--no-owner", "--file=-"]
    to_script += [f"--use-list={contents}", str(source)]
    loader = ["--single-transaction", "--set=ON_ERROR_STOP=1", "--quiet", "--no-psqlrc"]
    loader += ["--output=/dev/null", f"--command={_drop_tables()}", "--file=-"]
    try:
        _pipe(to_script, _command("psql", *loader))
    finally:
        contents.unlink(missing_ok=True)


def _without_extensions(source: Path) -> str:
    listing = _run([_program("pg_restore"), "--list", str(source)])
    kept = [line for line in listing.splitlines() if " EXTENSION " not in line]
    return "\n".join(kept) + "\n"


def _drop_tables() -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(format('%I.%I', schemaname, tablename), ', ') FROM pg_tables"
            " WHERE schemaname = current_schema()"
        )
        (tables,) = cursor.fetchone() or (None,)
    return f"DROP TABLE {tables} CASCADE" if tables else "SELECT 1"


def _program(name: str) -> str:
    folder = config().postgres_programs
    program = shutil.which(name, path=folder) if folder else shutil.which(name)
    if program is None:
        place = folder or "the PATH"
        raise BackupFailed(f"{name} is not in {place}. POSTGRES_PROGRAMS names its folder.")
    return program


def _command(name: str, *options: str) -> list[str]:
    """The program with the address of the database; other users could read a password here."""
    return [_program(name), *options, f"--dbname={conninfo.make_conninfo(**_address())}"]


def _environment() -> dict[str, str]:
    password = connection.get_connection_params().get("password")
    return {**os.environ, **({"PGPASSWORD": password} if password else {})}


def _address() -> dict[str, Any]:
    """The parameters of libpq among those of the Django connection, without the password."""
    known = {option.keyword.decode() for option in Conninfo.get_defaults()}
    parameters: dict[str, Any] = connection.get_connection_params()
    return {
        name: value
        for name, value in parameters.items()
        if name in known and name != "password" and value is not None
    }


def _run(command: Sequence[str]) -> str:
    result = subprocess.run(  # noqa: S603 - our own commands
        command, env=_environment(), capture_output=True, text=True, check=False
    )
    if result.returncode:
        raise BackupFailed(_failure(command, result.stderr))
    return result.stdout


def _pipe(source: Sequence[str], target: Sequence[str]) -> None:
    writer = subprocess.Popen(source, stdout=subprocess.PIPE)  # noqa: S603 - our own commands
    with writer:
        result = subprocess.run(  # noqa: S603 - our own commands
            target,
            env=_environment(),
            stdin=writer.stdout,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    if result.returncode or writer.returncode:
        raise BackupFailed(_failure(target, result.stderr))


def _failure(command: Sequence[str], output: str) -> str:
    return f"{Path(command[0]).name} failed: {output.strip()[-_MAX_ERROR:]}"
