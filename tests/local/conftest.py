"""A small house of its own for each test: services without the site."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from searchsite.local import directories, sandbox
from tests.local.neighbourhood import Neighbourhood


@pytest.fixture
def var() -> Iterator[Path]:
    # Not tmp_path: pytest keeps that closed to the user whom the database runs as.
    directory = Path(tempfile.mkdtemp(prefix="house-")).resolve()
    directories.make_var(directory)
    yield directory
    sandbox.remove(directory)


@pytest.fixture
def neighbourhood(var: Path) -> Iterator[Neighbourhood]:
    made = Neighbourhood(var)
    yield made
    made.close()
