"""One run of the whole site: start everything in order, supervise it, stop in reverse order."""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from types import FrameType

from django.conf import settings

from searchsite.local import directories, first_use, programs, static_files, web
from searchsite.local.directories import Lock
from searchsite.local.errors import LocalError
from searchsite.local.services import postgres_home, redis, start
from searchsite.local.supervision.in_fork import in_fork
from searchsite.local.supervision.process import Program
from searchsite.local.supervision.supervisor import Supervisor
from searchsite.local.web import Address

# Seconds.
_EXTERNAL_TIMEOUT = 120.0
_HEALTH_INTERVAL = 0.5
_MESSAGE_INTERVAL = 30.0
_ONLY_IN_LOGS = ("/healthz/", " INFO ", " WARNING django.request ")


@dataclass(frozen=True)
class LocalSite:
    base: Path
    var: Path
    report: Callable[[str], None]

    def run(self) -> None:
        """Run until SIGINT, SIGTERM or SIGHUP, and return when everything has stopped."""
        address = web.address_from(os.environ)
        directories.make_var(self.var)
        with Lock(self.var):
            web.require_free(address)
            supervisor = Supervisor(self.var / "log", self._relay)
            _on_each_signal(_interrupt)
            try:
                self._start(supervisor, address)
                supervisor.watch()
            except KeyboardInterrupt:
                self.report("Stopping…")
            finally:
                _on_each_signal(lambda *_: supervisor.skip_grace())
                supervisor.stop()
                directories.remove_socket_directories(self.var)
        self.report("Stopped.")

    def _start(self, supervisor: Supervisor, address: Address) -> None:
        directories.secret_file(self.var / "secret_key")
        static_files.collect(self.report)
        self._start_services(supervisor)
        if first_use.migrate():
            self.report("The database is up to date. Choosing the encoder…")
        encoder = self._choose_encoder()
        for program in programs.programs(self.base, self.var, address):
            supervisor.start(program)
        password = first_use.admin_password(self.var)
        first_use.close_connections()
        self._wait_until_healthy(supervisor, address)
        for line in self._banner(address, encoder, password):
            self.report(line)
        if os.environ.get("SEARCHSITE_DEMO", "1") != "0":
            supervisor.start(self._demo())

    def _demo(self) -> Program:
        marker = str(self.var / "demo-loaded")
        return programs.management_command(self.base, "demo", "loaddemo", "--once", marker)

    def _start_services(self, supervisor: Supervisor) -> None:
        if os.environ.get("DATABASE_URL"):
            self.report("Waiting for the database of DATABASE_URL…")
            first_use.wait_for_database(_EXTERNAL_TIMEOUT)
        else:
            start.start_postgres(supervisor, self.var, self.report)
        if os.environ.get("REDIS_URL"):
            self.report("Waiting for the Redis of REDIS_URL…")
            deadline = monotonic() + _EXTERNAL_TIMEOUT
            redis.wait(settings.REDIS_URL, lambda: monotonic() < deadline)
        else:
            start.start_redis(supervisor, self.var)
            if not os.environ.get("REDIS_CACHE_URL"):
                start.start_cache(supervisor, self.var)

    def _choose_encoder(self) -> str:
        first_use.close_connections()
        try:
            line = in_fork(first_use.choose_encoder)
        except LocalError as error:
            raise LocalError(f"No encoder could be chosen. {error}") from error
        return line.removeprefix("encoder: ")

    def _wait_until_healthy(self, supervisor: Supervisor, address: Address) -> None:
        """Wait without a limit, restart children, and report the reason every 30 s."""
        started = last_message = monotonic()
        while (reason := web.unhealthy_reason(address)) is not None:
            if monotonic() - last_message > _MESSAGE_INTERVAL:
                last_message = monotonic()
                waited = last_message - started
                self.report(f"Not ready after {waited:.0f} s: {reason}. Logs: {self.var / 'log'}")
            supervisor.watch(seconds=_HEALTH_INTERVAL)

    def _relay(self, line: str) -> None:
        """Show a child's line on the console, except what only the log files need: information,
        requests that were refused, and warnings about our own health checks.
        """
        if not any(part in line for part in _ONLY_IN_LOGS):
            self.report(line)

    def _banner(self, address: Address, encoder: str, password: str | None) -> list[str]:
        login = f"{first_use.ADMIN} / {password}" if password else "your own password"
        data = str(self.var)
        if postgres_home.is_outside(self.var):
            data += f" (database: {postgres_home.outside(self.var)}, see docs/operations.md)"
        return [
            "",
            f"  Searchsite is ready:  {address.url}",
            f"  Encoder               {encoder}",
            f"  Admin                 {login}  ({address.url}admin/)",
            f"  Data                  {data}",
            "  Stop                  Ctrl-C",
            "",
        ]


def _on_each_signal(handler: Callable[[int, FrameType | None], None]) -> None:
    """For Ctrl-C, a service manager and a closed terminal. Ignored signals (nohup) stay ignored."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
