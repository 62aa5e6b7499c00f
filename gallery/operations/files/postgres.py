"""Dumps the database with PostgreSQL's own programs, and loads a dump in one transaction."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db import connection
from psycopg import conninfo
from psycopg.pq import Conninfo

from gallery.core.config import config
from gallery.core.errors import BackupFailed
from gallery.models import Event, EventHistory

_MAX_ERROR = 2000
# PostgreSQL's code for a deadlock. The site may be at work, and hold the locks of tables.
_DEADLOCK = "40P01"
_ATTEMPTS = 5


def dump(target: Path, snapshot: str) -> None:
    """Write the database, as an exported snapshot shows it, to a file of pg_dump's own format.

    Without the rows of events: their order is that of this server's transactions, and in another
    server they would appear among later ones. Without the name of their history, so that a restored
    database gets another one and refuses the cursors from before.
    """
    options = ["--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={target}"]
    options += [f"--exclude-table-data={model._meta.db_table}" for model in (Event, EventHistory)]
    _run(_command("pg_dump", *options))


def check(source: Path) -> None:
    """Raises ``BackupFailed`` if the file is not a dump."""
    _run([_program("pg_restore"), "--list", str(source)])


def load(source: Path) -> None:
    """Replace all tables of the database by those of the dump, or change nothing.

    One transaction drops every table of the schema, also those that the dump does not have, and
    loads the dump. The extension stays: only its owner could drop it.
    """
    to_script = [_program("pg_restore"), "--clean", "--if-exists", "--no-owner", "--file=-"]
    loader = [
        "--set=ON_ERROR_STOP=1",
        "--set=VERBOSITY=verbose",
        "--quiet",
        "--no-psqlrc",
        "--output=/dev/null",
    ]
    loader += ["--command=BEGIN", f"--command={_drop_tables()}", "--file=-"]
    # Not beside the dump: the backup may be on a disk that cannot be written.
    with tempfile.NamedTemporaryFile("w", prefix="backup-", suffix=".list") as contents:
        contents.write(_without_extensions(source))
        contents.flush()
        to_script += [f"--use-list={contents.name}", str(source)]
        _commit_in_attempts(to_script, _command("psql", *loader))


def _without_extensions(source: Path) -> str:
    listing = _run([_program("pg_restore"), "--list", str(source)])
    return "".join(line for line in listing.splitlines(keepends=True) if " EXTENSION " not in line)


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


def _commit_in_attempts(writer: Sequence[str], loader: Sequence[str]) -> None:
    """Again after a deadlock with the site: then nothing was changed."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            _commit_if_complete(writer, loader)
            return
        except BackupFailed as error:
            if attempt == _ATTEMPTS or _DEADLOCK not in error.message:
                raise


def _commit_if_complete(writer: Sequence[str], loader: Sequence[str]) -> None:
    """Load the script that ``writer`` prints, and commit only if ``writer`` succeeds.

    psql takes the end of its input for the end of the script. Its own option for one transaction
    would commit what ``pg_restore`` wrote before it failed on a damaged dump.
    """
    with tempfile.TemporaryFile() as output:
        load = subprocess.Popen(  # noqa: S603 - our own commands
            loader, env=_environment(), stdin=subprocess.PIPE, stderr=output
        )
        write = subprocess.run(  # noqa: S603 - our own commands
            writer, stdout=load.stdin, stderr=output, check=False
        )
        load.communicate(None if write.returncode else b"COMMIT;\n")
        if write.returncode or load.returncode:
            output.seek(0)
            # If psql fails, pg_restore ends by a signal: nobody reads its output any more.
            command = writer if write.returncode > 0 else loader
            raise BackupFailed(_failure(command, output.read().decode(errors="replace")))


def _failure(command: Sequence[str], output: str) -> str:
    return f"{Path(command[0]).name} failed: {output.strip()[-_MAX_ERROR:]}"
