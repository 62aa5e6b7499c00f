import os
from collections.abc import Callable
from pathlib import Path

_MAX_BYTES = 10 << 20


class LogFile:
    """A file to append to. Above 10 MiB it is renamed to ``<name>.1``, replacing an older one.

    No method raises an error of the disk: a site whose disk is full must go on. The error is
    reported once; when the file can be written again, it says how many bytes it lacks.
    """

    def __init__(self, path: Path, report: Callable[[str], None]) -> None:
        """``report`` gets a line when writing begins to fail, and when it succeeds again."""
        self.path = path
        self._report = report
        self._missing_bytes = 0
        self._is_failing = False
        path.parent.mkdir(parents=True, exist_ok=True)

    def rotate_if_large(self) -> None:
        try:
            if self.path.exists() and self.path.stat().st_size > _MAX_BYTES:
                self.path.replace(self.path.with_suffix(self.path.suffix + ".1"))
        except OSError as error:
            self._fail(error)

    def write(self, chunk: bytes) -> None:
        self.rotate_if_large()
        remaining = self._gap() + chunk
        try:
            with self.path.open("ab", buffering=0) as file:
                while remaining:
                    remaining = remaining[file.write(remaining) :]
        except OSError as error:
            self._missing_bytes += min(len(remaining), len(chunk))
            self._fail(error)
        else:
            self._recover()

    def open_for_child(self) -> int:
        """A file descriptor for a process that writes its own log.

        If the file cannot be opened, the descriptor is of a device that discards everything.
        """
        try:
            descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        except OSError as error:
            self._fail(error)
            return os.open(os.devnull, os.O_WRONLY)
        self._recover()
        return descriptor

    def _gap(self) -> bytes:
        return (
            f"\n[{self._missing_bytes} bytes are missing]\n".encode() if self._is_failing else b""
        )

    def _fail(self, error: OSError) -> None:
        if not self._is_failing:
            self._is_failing = True
            self._report(f"{self.path} cannot be written: {error.strerror}. The site goes on.")

    def _recover(self) -> None:
        if self._is_failing:
            self._report(f"{self.path} can be written again; {self._missing_bytes} bytes are lost.")
            self._is_failing = False
            self._missing_bytes = 0
