from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from gallery.ingest.imports import create, hosts, run
from gallery.models import ImportJob, ImportRow

Import = Callable[..., ImportJob]


@pytest.fixture(autouse=True)
def unknown_hosts() -> None:
    """What other tests of this process learned of servers is forgotten."""
    hosts.hosts_of_process.cache_clear()


@pytest.fixture
def imported(owner: User) -> Import:
    """Imports a source until it is complete, paused, or waits for another attempt."""

    def start(source: Path, **options: Any) -> ImportJob:
        places = {name: options.pop(name) for name in ("watch", "uploaded_as") if name in options}
        job = create.create(source, owner, create.ImportOptions(**options), **places)
        return worked(job)

    return start


def worked(job: ImportJob, seconds: float = 240) -> ImportJob:
    run.run(seconds)
    job.refresh_from_db()
    return job


def reasons(job: ImportJob) -> dict[str, str]:
    """The codes of the rows with a reason, by their places."""
    rows = ImportRow.objects.filter(job=job).reported()
    return dict(rows.values_list("place", "error_code"))


def counts(job: ImportJob) -> tuple[int, int, int, int]:
    """Read, imported, duplicates and dropped."""
    job.refresh_from_db()
    return job.rows_read, job.imported, job.duplicates, job.dropped
