"""The ``var/`` directory: creation, permissions, secret files, and a lock for one run."""

import fcntl
import os
import secrets
import shutil
from pathlib import Path
from types import TracebackType
from typing import TextIO

from searchsite.local import addresses
from searchsite.local.errors import LocalError

_ANOTHER = "Name another directory for the data with SEARCHSITE_VAR."


def make_var(var: Path) -> None:
    """Create ``var`` with mode 0700; for root 0711, so that the database's user can enter it.

    Raises LocalError if that cannot be a directory, or not of this user.
    """
    try:
        var.mkdir(parents=True, exist_ok=True)
        if var.stat().st_uid == os.geteuid():
            var.chmod(0o711 if os.geteuid() == 0 else 0o700)
        private(var / "log")
    except FileExistsError:
        raise LocalError(f"{var} is a file, not a directory. {_ANOTHER}") from None
    except OSError as error:
        raise LocalError(f"{var} cannot be used: {error.strerror}. {_ANOTHER}") from None


def private(directory: Path) -> Path:
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    return directory


def make_socket_directories(var: Path) -> None:
    """Raises LocalError if the directory is a link or has another owner."""
    base = addresses.socket_directory(var)
    mode = 0o711 if os.geteuid() == 0 else 0o700
    base.mkdir(mode=mode, exist_ok=True)
    if base.is_symlink() or base.lstat().st_uid != os.geteuid():
        raise LocalError(f"{base} belongs to another user; remove it and start again.")
    base.chmod(mode)
    for directory in (addresses.postgres_directory(var), addresses.redis_socket(var).parent):
        directory.mkdir(mode=0o700, exist_ok=True)
        directory.chmod(0o700)


def remove_socket_directories(var: Path) -> None:
    """They may be outside ``var``, so deleting ``var`` would not remove them."""
    shutil.rmtree(addresses.socket_directory(var), ignore_errors=True)


def secret_file(path: Path, length: int = 50) -> str:
    """The secret in the file. It is generated on the first call; only its owner can read it."""
    if path.exists():
        return path.read_text().strip()
    secret = secrets.token_urlsafe(length)
    write_secret(path, secret)
    return secret


def write_secret(path: Path, secret: str) -> None:
    unfinished = path.with_name(path.name + ".new")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secret + "\n")
        file.flush()
        os.fsync(descriptor)
    unfinished.replace(path)


class Lock:
    """Held while a run uses ``var``. The kernel releases it even if the run is killed.

    Entering raises LocalError if another process holds it.
    """

    def __init__(self, var: Path) -> None:
        self._path = var / "lock"
        self._file: TextIO | None = None

    def __enter__(self) -> None:
        self._file = self._path.open("a+")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.seek(0)
            holder = self._file.read().strip() or "unknown"
            self._file.close()
            raise LocalError(
                f"Searchsite is already running on {self._path.parent} (process {holder}). "
                "Stop it first, or name another directory with SEARCHSITE_VAR."
            ) from None
        self._file.truncate(0)
        self._file.write(f"{os.getpid()}\n")
        self._file.flush()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file:
            self._file.close()
