"""PostgreSQL and Redis in a directory that is thrown away afterwards.

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

from searchsite.local import addresses, directories, postgres_home, services
from searchsite.local.directories import LocalError
from searchsite.local.supervisor import Supervisor


@contextmanager
def sandbox(*, keep: bool = False) -> Iterator[dict[str, str]]:
    """The environment that leads a process to the services; they stop when the block ends."""
    var = Path(tempfile.mkdtemp(prefix="searchsite-")).resolve()
    directories.make_var(var)
    supervisor = Supervisor(var / "log", _say)
    try:
        services.start_postgres(supervisor, var, _say, durable=False)
        services.start_redis(supervisor, var)
        yield {
            "SEARCHSITE_VAR": str(var),
            "DATABASE_URL": addresses.database_url(var),
            "REDIS_URL": addresses.redis_url(var),
            "SECRET_KEY": secrets.token_urlsafe(50),
        }
    finally:
        supervisor.stop()
        if keep:
            _say(f"kept: {var}")
        else:
            remove(var)


def remove(var: Path) -> None:
    """With everything that lies elsewhere because it could not lie there."""
    for directory in (var, addresses.socket_directory(var), postgres_home.outside(var)):
        shutil.rmtree(directory, ignore_errors=True)


def run(command: Sequence[str], environment: dict[str, str]) -> int:
    """The command's exit code; Ctrl-C is the command's business, which shares our terminal."""
    process = subprocess.Popen(command, env={**os.environ, **environment})  # noqa: S603
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    code = process.wait()
    return code if code >= 0 else 128 - code


def _say(line: str) -> None:
    print(line, file=sys.stderr)


def main() -> int:
    parser = argparse.ArgumentParser(description="Run a command beside throw-away services.")
    parser.add_argument("--keep", action="store_true", help="leave the directory behind")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    command = arguments.command[1:] if arguments.command[:1] == ["--"] else arguments.command
    if not command:
        parser.error("a command is needed")
    try:
        with sandbox(keep=arguments.keep) as environment:
            return run(command, environment)
    except LocalError as error:
        _say(str(error))
        return 1


if __name__ == "__main__":
    sys.exit(main())
