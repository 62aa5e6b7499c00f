"""The processes of the site itself: the web server, two workers and Celery's scheduler."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from searchsite.local.supervision.process import Program
from searchsite.local.web import Address

_WEB_CONNECTIONS = 8
# Two for each owner (GALLERY_DECODERS_PER_OWNER), and two for others.
_DERIVE_PROCESSES = 4


def programs(base: Path, var: Path, address: Address) -> list[Program]:
    common = {**os.environ, "SEARCHSITE_VAR": str(var), "PYTHONWARNINGS": _warning_filters()}
    web = {
        **common,
        "PORT": str(address.port),
        "SEARCHSITE_BIND": address.host,
        "SEARCHSITE_DB_POOL": os.environ.get("SEARCHSITE_DB_POOL") or str(_WEB_CONNECTIONS),
    }
    processes = os.environ.get("DERIVE_CONCURRENCY") or _DERIVE_PROCESSES
    config = "python:searchsite.gunicorn_config"
    gunicorn = [sys.executable, "-m", "gunicorn", "-c", config, "searchsite.wsgi"]
    return [
        Program(name="web", command=gunicorn, env=web, cwd=base),
        _worker("embed", ["--pool=solo"], common, base),
        _worker("derive", ["--pool=prefork", f"--concurrency={processes}"], common, base),
        Program(name="beat", command=_beat(), env=common, cwd=base),
    ]


def management_command(base: Path, name: str, *arguments: str) -> Program:
    """A management command that runs once while the site runs."""
    command = [sys.executable, str(base / "manage.py"), *arguments]
    return Program(name=name, command=command, cwd=base, restart=False, nice=5)


def _worker(queue: str, pool: list[str], env: Mapping[str, str], base: Path) -> Program:
    command = [*_celery("worker"), "-Q", queue, "-n", f"{queue}@%h", *pool]
    command += ["--loglevel=WARNING", "--without-gossip", "--without-mingle"]
    # The web server has priority over the workers, because people wait for search results.
    return Program(name=queue, command=command, env=env, cwd=base, nice=5)


def _warning_filters() -> str:
    """Hides Celery's warning about running as root, which it prints at every start."""
    inherited = os.environ.get("PYTHONWARNINGS")
    return ",".join(filter(None, [inherited, "ignore:You're running the worker with superuser"]))


def _beat() -> list[str]:
    return [*_celery("beat"), "--pidfile=", "--loglevel=WARNING"]


def _celery(role: str) -> list[str]:
    return [sys.executable, "-m", "celery", "-A", "searchsite", "--quiet", role]
