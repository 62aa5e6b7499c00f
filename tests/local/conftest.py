"""A ``var`` directory for each test, and the embedded services on it without the site."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from searchsite.local import directories, sandbox
from tests.local.services import Services


@pytest.fixture
def var() -> Iterator[Path]:
    # Not tmp_path: only its owner can enter that, and the database may run as another user.
    directory = Path(tempfile.mkdtemp(prefix="var-")).resolve()
    directories.make_var(directory)
    yield directory
    sandbox.remove(directory)


@pytest.fixture
def services(var: Path) -> Iterator[Services]:
    services = Services(var)
    yield services
    services.stop()
