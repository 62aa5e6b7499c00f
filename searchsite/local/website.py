"""The processes of the site itself: web, two workers and the clock."""

import http.client
import os
import socket
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from searchsite.local import probe
from searchsite.local.directories import LocalError
from searchsite.local.process import Program

_WEB_CONNECTIONS = 8
_PORT_PATIENCE = 1.5


@dataclass(frozen=True)
class Address:
    host: str
    port: int

    @property
    def reachable_at(self) -> str:
        """A wildcard address is listened on, not visited."""
        return {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104

    @property
    def url(self) -> str:
        host = self.reachable_at
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"


def address_from(environment: Mapping[str, str]) -> Address:
    port = environment.get("PORT") or "8000"
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise LocalError(f"PORT must be a number from 1 to 65535, not {port!r}.")
    return Address(environment.get("SEARCHSITE_BIND") or "127.0.0.1", int(port))


def require_free(address: Address) -> None:
    """A moment's patience: the web process of a run that was killed needs one to notice."""
    deadline = monotonic() + _PORT_PATIENCE
    while (refusal := _refusal(address)) is not None:
        if monotonic() > deadline:
            raise LocalError(
                f"Cannot listen on {address.host} port {address.port}: {refusal}. "
                "Choose another with PORT=… bin/run."
            )
        sleep(0.2)


def programs(base: Path, var: Path, address: Address) -> list[Program]:
    common = {**os.environ, "SEARCHSITE_VAR": str(var), "PYTHONWARNINGS": _warnings()}
    web = {
        **common,
        "PORT": str(address.port),
        "SEARCHSITE_BIND": address.host,
        "SEARCHSITE_DB_POOL": os.environ.get("SEARCHSITE_DB_POOL") or str(_WEB_CONNECTIONS),
    }
    config = "python:searchsite.local.gunicorn_config"
    gunicorn = [sys.executable, "-m", "gunicorn", "-c", config, "searchsite.wsgi"]
    return [
        Program(name="web", command=gunicorn, env=web, cwd=base),
        _worker("embed", ["--pool=solo"], common, base),
        _worker("derive", ["--pool=prefork", "--concurrency=2"], common, base),
        Program(name="beat", command=_beat(var), env=common, cwd=base),
    ]


def management(base: Path, name: str, *arguments: str) -> Program:
    """A management command that runs once beside the site."""
    command = [sys.executable, str(base / "manage.py"), *arguments]
    return Program(name=name, command=command, cwd=base, restart=False, nice=5)


def ailment(address: Address) -> str | None:
    """What /healthz/ complains about; None when all is well."""
    try:
        found = probe.reasons(address.reachable_at, address.port, probe.host_name(os.environ))
    except (OSError, http.client.HTTPException):
        return "the web server does not answer yet"
    return "; ".join(f"{what}: {why}" for what, why in found.items()) or None


def _refusal(address: Address) -> str | None:
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with closing(socket.socket(family, socket.SOCK_STREAM)) as candidate:
        candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            candidate.bind((address.host, address.port))
        except OSError as error:
            return error.strerror or str(error)
    return None


def _worker(queue: str, pool: list[str], env: Mapping[str, str], base: Path) -> Program:
    command = [*_celery("worker"), "-Q", queue, "-n", f"{queue}@%h", *pool]
    command += ["--loglevel=WARNING", "--without-gossip", "--without-mingle"]
    # Somebody who searches waits; pictures in the queue do not mind.
    return Program(name=queue, command=command, env=env, cwd=base, nice=5)


def _warnings() -> str:
    """Celery advises against root at every start; whoever runs a gallery as root knows it."""
    others = os.environ.get("PYTHONWARNINGS")
    return ",".join(filter(None, [others, "ignore:You're running the worker with superuser"]))


def _beat(var: Path) -> list[str]:
    schedule = str(var / "beat-schedule")
    return [*_celery("beat"), "-s", schedule, "--pidfile=", "--loglevel=WARNING"]


def _celery(role: str) -> list[str]:
    return [sys.executable, "-m", "celery", "-A", "searchsite", "--quiet", role]
