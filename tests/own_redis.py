"""Each process of ``pytest -n`` has a queue and a cache of its own in the Redis of the tests.

pytest-django creates a database for each process; folders and ports are of single tests anyway.
"""

from __future__ import annotations

import os
from typing import Any

import pytest

from searchsite.configuration.redis_urls import next_database


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(specs: list[Any]) -> None:
    """Before the processes start, because Django's settings read the variable."""
    queue = os.environ.get("REDIS_URL")
    for spec in specs:
        if queue:
            # The database after that of the queue is the cache.
            queue = next_database(next_database(queue))
            spec.env["REDIS_URL"] = queue
