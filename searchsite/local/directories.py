"""The ``var/`` directory: made, kept from strangers, and held by one run at a time."""

import fcntl
import os
import secrets
import shutil
from pathlib import Path
from types import TracebackType
from typing import TextIO

from searchsite.local import addresses


class LocalError(Exception):
    """A sentence for the person at the console."""


def make_var(var: Path) -> None:
    """As root, others may walk through but not look: the database runs as another user."""
    var.mkdir(parents=True, exist_ok=True)
    if var.stat().st_uid == os.geteuid():
        var.chmod(0o711 if os.geteuid() == 0 else 0o700)
    private(var / "log")


def private(directory: Path) -> Path:
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    return directory


def make_socket_directories(var: Path) -> None:
    base = addresses.socket_directory(var)
    mode = 0o711 if os.geteuid() == 0 else 0o700
    base.mkdir(mode=mode, exist_ok=True)
    found = base.lstat()
    if base.is_symlink() or found.st_uid != os.geteuid():
        raise LocalError(f"{base} belongs to somebody else; remove it and start again.")
    base.chmod(mode)
    for directory in (addresses.postgres_directory(var), addresses.redis_socket(var).parent):
        directory.mkdir(mode=0o700, exist_ok=True)
        directory.chmod(0o700)


def remove_socket_directories(var: Path) -> None:
    """They may lie outside ``var``, where a deleted site would leave them behind."""
    shutil.rmtree(addresses.socket_directory(var), ignore_errors=True)


def secret_file(path: Path, length: int = 50) -> str:
    """The secret in the file; made once, readable by its owner alone."""
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
    """Held while a run uses ``var``; the kernel lets go of it even when the run is killed."""

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
                f"Searchsite already runs on {self._path.parent} (process {holder}). "
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
