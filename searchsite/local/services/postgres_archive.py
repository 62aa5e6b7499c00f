"""Keeps PostgreSQL's log of changes in a folder, for a recovery to any moment.

``SEARCHSITE_WAL_ARCHIVE`` names the folder. docs/operations.md has the steps of a recovery.
"""

import os
import shlex
from pathlib import Path

from searchsite.local.services import postgres_home
from searchsite.local.supervision.process import Owner

# A change is in the archive after these seconds at most, also while few changes are made.
_LONGEST_WAIT = 60


def settings() -> dict[str, str]:
    """Settings of the server; empty without the variable."""
    folder = _folder()
    if folder is None:
        return {}
    target = shlex.quote(f"{folder}/%f")
    return {
        "wal_level": "replica",
        "max_wal_senders": "3",
        "archive_mode": "on",
        "archive_timeout": str(_LONGEST_WAIT),
        # No file of the archive is replaced, and none has its name before it is complete. After
        # a crash, the server gives a file again that is there already.
        "archive_command": f"cmp -s %p {target} || {{ test ! -f {target}"
        f" && cp %p {target}.partial && mv {target}.partial {target}; }}",
    }


def make_folder(owner: Owner | None) -> None:
    """The folder of the archive, for the user that the server runs as."""
    folder = _folder()
    if folder is not None and not folder.exists():
        folder.mkdir(mode=0o700, parents=True)
        postgres_home.change_owner(folder, owner)


def _folder() -> Path | None:
    name = os.environ.get("SEARCHSITE_WAL_ARCHIVE", "")
    return Path(name).resolve() if name else None
