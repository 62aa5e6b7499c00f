"""The embedded PostgreSQL with pgvector: binaries of a wheel, started and awaited by us.

The wheel's own launcher gives a start ten seconds. Recovery after a crash may need longer, and
stopping it half-way only makes the next one longer still.
"""

import locale
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep

import psycopg
from psycopg import sql

from searchsite.local import addresses, leftovers, postgres_home, postgres_tuning
from searchsite.local.directories import LocalError
from searchsite.local.postgres_home import Home
from searchsite.local.process import Program

_SLOW = 5.0
# Nothing of the caller's environment (PGDATA, PGPORT, a locale) reaches the server.
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}


def program(var: Path, *, durable: bool = True) -> Program:
    """Makes the cluster when there is none."""
    home = postgres_home.find(var)
    sockets = addresses.postgres_directory(var)
    postgres_home.give(sockets, home.owner)
    if not (home.data / "PG_VERSION").exists():
        _initialise(home, durable=durable)
    settings = postgres_tuning.settings(durable=durable) | {
        "unix_socket_directories": f'"{sockets}"',
        "unix_socket_permissions": "0700",
    }
    flags = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
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
        before_start=lambda: _clear_the_way(home.data),
    )


def wait(var: Path, alive: Callable[[], bool], say: Callable[[str], None]) -> None:
    """Until it answers, however long recovery takes, as long as the process lives."""
    slow_from = monotonic() + _SLOW
    while (error := _refusal(var)) is not None:
        if not alive():
            log = var / "log" / "postgres.log"
            raise LocalError(f"PostgreSQL ended while starting; {log} says why.") from error
        if monotonic() > slow_from:
            say(f"PostgreSQL is not ready yet: {_last_line(error)}")
            slow_from += 6 * _SLOW
        sleep(0.05)


def ensure_database(var: Path) -> None:
    """The database and the vector extension, whichever is missing."""
    with _connect(var, "postgres") as connection:
        known = "SELECT 1 FROM pg_database WHERE datname = %s"
        if connection.execute(known, [addresses.DATABASE]).fetchone() is None:
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


def _refusal(var: Path) -> psycopg.Error | None:
    """Asked of the database that every cluster has, before ours exists."""
    try:
        _connect(var, "postgres").close()
    except psycopg.OperationalError as error:
        return error
    return None


def _last_line(error: psycopg.Error) -> str:
    return str(error).strip().rpartition("\n")[2].strip()


def _initialise(home: Home, *, durable: bool) -> None:
    """Beside its place, then renamed: an interrupted initdb leaves nothing that looks finished."""
    home.data.parent.mkdir(parents=True, exist_ok=True)
    unfinished = home.data.with_name(home.data.name + ".new")
    subprocess.run(["rm", "-rf", str(unfinished)], check=True)  # noqa: S603, S607
    unfinished.mkdir(mode=0o700)
    postgres_home.give(unfinished, home.owner)
    command = [str(home.binaries / "initdb"), "-D", str(unfinished), "--no-instructions"]
    command += ["-U", addresses.DATABASE_USER, "--auth=trust", "--encoding=UTF8"]
    # PostgreSQL's own Unicode rules: the order of words does not change with the system.
    command += [
        f"--locale={_libc_locale()}",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
    ]
    done = subprocess.run(  # noqa: S603
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
    if done.returncode:
        raise LocalError(f"PostgreSQL could not be set up:\n{done.stderr.strip()}")
    unfinished.rename(home.data)


def _libc_locale() -> str:
    """What the parser of full-text search asks whether a character is a letter."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return "C"
    locale.setlocale(locale.LC_CTYPE, before)
    return "C.UTF-8"


def _clear_the_way(data: Path) -> None:
    """We hold the lock on var, so whatever the last run left behind is nobody's.

    The server itself would refuse to start when the number in its stale pid file has meanwhile
    gone to some other process.
    """
    pid_file = data / "postmaster.pid"
    if pid_file.exists():
        leftovers.end("postgres", data, signal.SIGINT)
        pid_file.unlink(missing_ok=True)
