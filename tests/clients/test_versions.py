import json

from searchsite.version import __version__
from tests.local.site import ROOT


def test_the_typescript_client_has_the_site_version() -> None:
    package = json.loads((ROOT / "clients" / "typescript" / "package.json").read_text())
    assert package["version"] == __version__
