"""Run a command with temporary PostgreSQL and Redis servers.

python -m searchsite.local.sandbox [--keep] -- pytest -q
"""

import argparse
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from searchsite.local import addresses, directories
from searchsite.local.errors import LocalError
from searchsite.local.services import postgres_home, start
from searchsite.local.supervision.supervisor import Supervisor


@contextmanager
def sandbox(*, keep: bool = False, buffers: str = "") -> Iterator[dict[str, str]]:
    """The environment variables of the services, which stop when the block ends.

    The data directory is then deleted, unless ``keep`` is true. ``buffers`` is PostgreSQL's
    ``shared_buffers``, such as "2GB": a small one by default, unlike that of a real site.
    """
    var = Path(tempfile.mkdtemp(prefix="searchsite-")).resolve()
    directories.make_var(var)
    supervisor = Supervisor(var / "log", _report)
    try:
        start.start_postgres(supervisor, var, _report, durable=False, buffers=buffers)
        start.start_redis(supervisor, var)
        yield {
            "SEARCHSITE_VAR": str(var),
            "DATABASE_URL": addresses.database_url(var),
            "REDIS_URL": addresses.redis_url(var),
            "SECRET_KEY": secrets.token_urlsafe(50),
        }
    finally:
        supervisor.stop()
        if keep:
            _report(f"Data kept in {var}")
        else:
            remove(var)


def remove(var: Path) -> None:
    """Delete ``var`` and what is outside it: the sockets and, for root, the database."""
    for directory in (var, addresses.socket_directory(var), postgres_home.outside(var)):
        shutil.rmtree(directory, ignore_errors=True)


def run(command: Sequence[str], environment: dict[str, str]) -> int:
    """Return the command's exit code.

    Ctrl-C reaches the command from the terminal, so it is ignored here; SIGTERM is passed on.
    """
    process = subprocess.Popen(command, env={**os.environ, **environment})  # noqa: S603
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    code = process.wait()
    return code if code >= 0 else 128 - code


def _report(line: str) -> None:
    print(line, file=sys.stderr)


def main() -> int:
    purpose = "Run a command with temporary PostgreSQL and Redis servers."
    parser = argparse.ArgumentParser(description=purpose)
    parser.add_argument("--keep", action="store_true", help="do not delete the data directory")
    parser.add_argument("--buffers", default="", help="PostgreSQL's shared_buffers, such as 2GB")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    command = arguments.command[1:] if arguments.command[:1] == ["--"] else arguments.command
    if not command:
        parser.error("no command was named")
    try:
        with sandbox(keep=arguments.keep, buffers=arguments.buffers) as environment:
            return run(command, environment)
    except LocalError as error:
        _report(str(error))
        return 1


if __name__ == "__main__":
    sys.exit(main())
