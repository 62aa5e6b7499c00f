"""A site of real processes under a few faults; the long run is ``python -m tests.faults.run``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults import stored
from tests.faults.campaign import PROMISED_SECONDS, Campaign, Outcome, target_site
from tests.faults.checker import check
from tests.faults.kinds import possible
from tests.faults.target import Target
from tests.faults.uploads.journal import Expected, Journal, Presence, expectations

pytestmark = pytest.mark.slow

UPLOADS, SEED = 150, 1
# One or more of each part of the site. Faults that load the encoder again take too long here.
FAULTS = (
    "broker: FLUSHALL",
    "kill a decoder",
    "kill a process of derive",
    "database: a session killed",
    "broker: restarted empty",
    "kill beat",
    "disk: full",
    "clock: an hour ahead",
    "database: all sessions ended",
    "kill derive before its result",
    "broker: frozen",
)


@dataclass
class Run:
    target: Target
    journal: Path
    outcome: Outcome


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    journal = tmp_path_factory.mktemp("faults") / "journal"
    # shorter than the default, so that the test takes less time
    with target_site(SEED, 64, GALLERY_LEASE="10") as target:
        kinds = possible(target)
        faults = [kind for kind in FAULTS if kind in kinds]
        campaign = Campaign(target, SEED, UPLOADS, journal, longest_fault=2)
        yield Run(target, journal, campaign.run(faults, searches=20))


def test_no_upload_is_lost_duplicated_or_stuck(run: Run) -> None:
    report = run.outcome.report
    assert (report.lost, report.duplicated, report.stuck, report.wrong) == ([], [], [], [])


def test_the_faults_and_uploads_really_happened(run: Run) -> None:
    assert len(run.outcome.faults) >= 8
    assert run.outcome.stored.states()["ready"] > 0.8 * UPLOADS
    assert run.outcome.searched == 20


def test_everything_is_finished_within_a_minute(run: Run) -> None:
    assert run.outcome.rest is not None
    assert run.outcome.rest <= PROMISED_SECONDS


def test_planted_losses_are_reported(run: Run) -> None:
    """It damages the site, whose outcome the other tests already have."""
    target = run.target
    with closing(Journal(run.journal)) as journal:
        present = {one.sha256 for one in _expected(journal) if one.presence == Presence.PRESENT}
        entries = journal.entries()
    first, second, third = [row for row in run.outcome.stored.rows if row.sha256 in present][:3]
    (target.disk.media / first.original).unlink()
    # As a damaged database might lose it: with its foreign keys.
    target.sql(
        f"SET session_replication_role = replica;DELETE FROM gallery_image WHERE id = '{second.id}'"
    )
    target.sql(f"UPDATE gallery_image SET state = 'stored' WHERE id = '{third.id}'")
    report = check(entries, stored.read(target))
    assert [first.id in line for line in report.lost].count(True) == 1
    assert [second.id in line for line in report.lost].count(True) == 1
    assert [third.id in line for line in report.stuck].count(True) == 1


def _expected(journal: Journal) -> list[Expected]:
    return list(expectations(journal.entries()).values())
