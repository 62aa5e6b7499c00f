"""clients/python, built and installed, against a running closed site."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from tests.clients.conftest import Access, Project, built

pytestmark = pytest.mark.slow
PROGRAM = Path(__file__).with_name("programs") / "whole_flow.py"


@pytest.fixture(scope="module")
def python(project: Project) -> Path:
    """The Python of an environment with the client, and the program in its folder."""
    package = built("python", "*.whl")
    python = project.folder / "venv" / "bin" / "python"
    project.run(sys.executable, "-m", "venv", "venv")
    project.run(python, "-m", "pip", "install", "--quiet", package)
    shutil.copy(PROGRAM, project.folder)
    return python


def test_whole_flow_on_a_closed_site(
    access: Access, pictures: Path, project: Project, python: Path
) -> None:
    output = project.run(python, PROGRAM.name, access.url, access.token, pictures)
    assert output == "whole flow: ok\n"


def test_programs_with_the_client_are_strictly_typed(project: Project, python: Path) -> None:
    project.add_example("python", "python", "example.py")
    modules = ["-m", "whole_flow", "-m", "example", "-p", "searchsite_client"]
    mypy = [sys.executable, "-m", "mypy", "--strict", "--python-executable", str(python)]
    project.run(*mypy, *modules)
