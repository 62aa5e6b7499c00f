"""One run: uploads under faults, a minute of rest, then the check."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from tests.abuse.site_requests import ask
from tests.faults import stored as stored_state
from tests.faults.checker import Report, check
from tests.faults.clock import Clock
from tests.faults.disk import Disk
from tests.faults.kinds import possible
from tests.faults.searches import not_found
from tests.faults.stored import Stored
from tests.faults.target import Target
from tests.faults.uploads.client import Client
from tests.faults.uploads.journal import Journal, expectations
from tests.faults.uploads.pictures import is_poison, picture
from tests.local.site import Site, running_site

# The promise: everything is finished so many seconds after the last fault.
PROMISED_SECONDS = 60.0
# What is not finished after so many is stuck. On a machine that others use, the promise may be
# broken without a picture being stuck.
_STUCK_SECONDS = 600.0
# So many pictures may wait in the site: the load of a person, not the limit of the machine.
_MOST_WAITING = 30
_ENVIRONMENT = {"GALLERY_ENCODER": "builtin"}


@dataclass
class Outcome:
    """``rest``: seconds from the end of the last fault, or of the last upload if that was later,
    until nothing waited; None if it still did after ten minutes. ``faults`` counts them by kind.
    """

    report: Report
    stored: Stored
    faults: Counter[str]
    rest: float | None
    seconds: float
    searched: int = 0
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def is_good(self) -> bool:
        return self.report.is_good and self.rest is not None and self.rest <= PROMISED_SECONDS


def schedule(kinds: Sequence[str], count: int, random: Random) -> list[str]:
    """Each kind once before any comes twice, in random order."""
    chosen: list[str] = []
    while len(chosen) < count:
        chosen += random.sample(kinds, len(kinds))
    return chosen[:count]


@contextmanager
def target_site(seed: int, megabytes: int, **overrides: str) -> Iterator[Target]:
    folder = Path(tempfile.mkdtemp(prefix="faults-")).resolve()
    clock, disk = Clock(folder), Disk(folder / "media", megabytes)
    environment = {**_ENVIRONMENT, **clock.environment, "MEDIA_ROOT": str(disk.media), **overrides}
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        stack.callback(disk.close)
        site = stack.enter_context(running_site(**environment))
        yield Target(site, disk, clock, Random(seed))


def _token(site: Site) -> str:
    login = {"username": "admin", "password": (site.var / "admin-password").read_text().strip()}
    kind = {"Content-Type": "application/json"}
    return str(ask(site, "/api/v1/auth/token/", kind, json.dumps(login).encode()).json["token"])


@dataclass
class Campaign:
    target: Target
    seed: int
    uploads: int
    journal: Path
    longest_fault: float = 8.0
    say: Callable[[str], None] = print

    def run(self, faults: Sequence[str], searches: int) -> Outcome:
        began = time.monotonic()
        token = _token(self.target.site)
        journal = Journal(self.journal)
        client = Client(self.target.site, token, journal, self.seed, self._may_go_on)
        client.start(self.uploads)
        try:
            last = self._strike_all(faults, client)
            client.join()
        finally:
            client.stop()
        rest = self._rest(max(last, time.monotonic()))
        journal.close()
        stored = stored_state.read(self.target)
        entries = journal.entries()
        report = check(entries, stored)
        outcome = Outcome(report, stored, Counter(faults), rest, time.monotonic() - began)
        outcome.statuses = Counter(entry["status"] for entry in entries if "answer" in entry)
        outcome.searched = self._search(token, stored, entries, searches, report)
        return outcome

    def _strike_all(self, faults: Sequence[str], client: Client) -> float:
        """Evenly over the uploads. Returns when the last one ended."""
        kinds = possible(self.target)
        for place, kind in enumerate(faults):
            due = self.uploads * (place + 0.5) / len(faults)
            while client.started < due and not client.is_done():
                time.sleep(0.05)
            began = time.monotonic()
            kinds[kind](self.target, self.target.random.uniform(1, self.longest_fault))
            took = time.monotonic() - began
            self.say(f"{place + 1}/{len(faults)} {kind}: {took:.1f} s, {client.started} uploads")
        return time.monotonic()

    def _may_go_on(self) -> bool:
        """A database that is down does not stop the client: it has to bear the answers."""
        waiting = self.target.unfinished()
        return waiting is None or waiting < _MOST_WAITING

    def _rest(self, since: float) -> float | None:
        while (passed := time.monotonic() - since) < _STUCK_SECONDS:
            if self.target.unfinished() == 0:
                return passed
            time.sleep(0.2)
        return None

    def _search(
        self,
        token: str,
        stored: Stored,
        entries: Sequence[Mapping[str, Any]],
        count: int,
        report: Report,
    ) -> int:
        """I2: some pictures that are ready find themselves. Damaged ones need not."""
        numbers = {one.sha256: one.number for one in expectations(entries).values()}
        ready = [
            (row.id, numbers[row.sha256])
            for row in stored.rows
            if row.state == "ready" and row.sha256 in numbers and not is_poison(numbers[row.sha256])
        ]
        chosen = self.target.random.sample(ready, min(count, len(ready)))
        pictures = ((key, picture(self.seed, number)) for key, number in chosen)
        report.wrong += not_found(self.target.site, token, pictures)
        return len(chosen)
