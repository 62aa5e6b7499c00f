"""One run of the whole site: doors open in order, and close in the opposite one."""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from types import FrameType

from django.conf import settings

from searchsite.local import directories, first_use, postgres_home, redis, services, website
from searchsite.local.aside import aside
from searchsite.local.directories import LocalError, Lock
from searchsite.local.process import Program
from searchsite.local.supervisor import Supervisor
from searchsite.local.website import Address

_EXTERNAL_PATIENCE = 120.0
_ASK_EVERY = 0.5
_COMPLAIN_AFTER = 30.0


@dataclass(frozen=True)
class House:
    base: Path
    var: Path
    say: Callable[[str], None]

    def run(self) -> None:
        """Returns when somebody asked it to stop and everything has stopped."""
        address = website.address_from(os.environ)
        directories.make_var(self.var)
        with Lock(self.var):
            website.require_free(address)
            supervisor = Supervisor(self.var / "log", self._relay)
            _on_each_signal(_interrupt)
            try:
                self._open(supervisor, address)
                supervisor.watch()
            except KeyboardInterrupt:
                self.say("Stopping…")
            finally:
                _on_each_signal(lambda *_: supervisor.hurry())
                supervisor.stop()
                directories.remove_socket_directories(self.var)
        self.say("Stopped.")

    def _open(self, supervisor: Supervisor, address: Address) -> None:
        directories.secret_file(self.var / "secret_key")
        Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
        self._start_services(supervisor)
        if first_use.migrate():
            self.say("The database is up to date. Choosing the encoder…")
        encoder = self._choose_encoder()
        for program in website.programs(self.base, self.var, address):
            supervisor.start(program)
        password = first_use.admin_password(self.var)
        first_use.close_connections()
        self._wait_until_well(supervisor, address)
        for line in self._banner(address, encoder, password):
            self.say(line)
        if os.environ.get("SEARCHSITE_DEMO", "1") != "0":
            supervisor.start(self._demo())

    def _demo(self) -> Program:
        once = str(self.var / "demo-loaded")
        return website.management(self.base, "demo", "loaddemo", "--once", once)

    def _start_services(self, supervisor: Supervisor) -> None:
        if os.environ.get("DATABASE_URL"):
            self.say("Waiting for the database of DATABASE_URL…")
            first_use.wait_for_database(_EXTERNAL_PATIENCE)
        else:
            services.start_postgres(supervisor, self.var, self.say)
        if os.environ.get("REDIS_URL"):
            self.say("Waiting for the Redis of REDIS_URL…")
            deadline = monotonic() + _EXTERNAL_PATIENCE
            redis.wait(settings.REDIS_URL, lambda: monotonic() < deadline)
        else:
            services.start_redis(supervisor, self.var)

    def _choose_encoder(self) -> str:
        first_use.close_connections()
        try:
            answer = aside(first_use.choose_encoder)
        except LocalError as error:
            raise LocalError(f"No encoder could be chosen. {error}") from error
        return answer.removeprefix("encoder: ")

    def _wait_until_well(self, supervisor: Supervisor, address: Address) -> None:
        """Keeps looking after the children meanwhile; says what is missing, and goes on waiting."""
        started = complained = monotonic()
        while (ailment := website.ailment(address)) is not None:
            if monotonic() - complained > _COMPLAIN_AFTER:
                complained = monotonic()
                waited = complained - started
                self.say(f"Not ready after {waited:.0f} s: {ailment}. Logs: {self.var / 'log'}")
            supervisor.watch(seconds=_ASK_EVERY)

    def _relay(self, line: str) -> None:
        """What the children say, but for the web server's echo of our own questions."""
        if "/healthz/" not in line:
            self.say(line)

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
    """Ctrl-C, a service manager, a closed terminal. What was ignored (nohup) stays ignored."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
