"""One version, which the settings and the packaging metadata read."""

import tomllib
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from gallery.core.config import config
from searchsite.version import __version__


def test_the_gallery_knows_the_version() -> None:
    assert config().version == __version__


def test_pyproject_reads_the_version_file() -> None:
    project = tomllib.loads((Path(settings.BASE_DIR) / "pyproject.toml").read_text())
    assert project["project"]["dynamic"] == ["version"]
    attribute = project["tool"]["setuptools"]["dynamic"]["version"]["attr"]
    assert attribute == "searchsite.version.__version__"


@pytest.mark.parametrize("path", ["/admin/", "/admin/gallery/image/"])
def test_the_admin_footer_shows_the_version(curator_client: Client, path: str) -> None:
    page = curator_client.get(path).content.decode()
    assert f'<p class="site-version">Searchsite {__version__}</p>' in page


@pytest.mark.django_db
def test_the_login_page_hides_the_version(client: Client) -> None:
    page = client.get("/admin/login/").content.decode()
    assert '<footer id="footer"></footer>' in page
    assert __version__ not in page
