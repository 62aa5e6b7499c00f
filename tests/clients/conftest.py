"""A closed site of bin/run with a token, and what other programs do with a client."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import scenes
from tests.local.site import ROOT, running_site

CREATE_USER = "from django.contrib.auth.models import User; User.objects.create_user('ann')"


@dataclass(frozen=True)
class Access:
    url: str
    token: str


@pytest.fixture(scope="package")
def access() -> Iterator[Access]:
    """Nobody sees anything on this site without a login."""
    with running_site(GALLERY_ANONYMOUS_ACCESS="0") as site:
        site.manage("shell", "-c", CREATE_USER)
        yield Access(site.url, site.manage("apitoken", "ann").strip())


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Two pictures, one of them in a subfolder, a text named like a picture, and another file."""
    folder = tmp_path / "pictures"
    (folder / "more").mkdir(parents=True)
    (folder / "blue.png").write_bytes(scenes.plain(scenes.BLUE, size=(320, 240)))
    (folder / "more" / "quadrants.JPG").write_bytes(scenes.photo(size=(300, 200)))
    (folder / "not-a-picture.png").write_text("not a picture")
    (folder / "notes.txt").write_text("not uploaded")
    return folder


@dataclass(frozen=True)
class Project:
    """The folder of another program, which uses a client."""

    folder: Path

    def run(self, *command: str | Path) -> str:
        """What the command prints when it runs in the folder."""
        result = subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, timeout=300
        )
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    def add_example(self, client: str, language: str, name: str) -> None:
        """A file with the example of the client's README."""
        readme = (ROOT / "clients" / client / "README.md").read_text()
        (self.folder / name).write_text(readme.split(f"```{language}\n")[1].split("```")[0])


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(tmp_path_factory.mktemp("project"))


def built(client: str, pattern: str) -> Path:
    """The package that bin/clients builds."""
    subprocess.run([ROOT / "bin" / "clients", client], check=True, timeout=600)
    (package,) = (ROOT / "clients" / "dist").glob(pattern)
    return package
