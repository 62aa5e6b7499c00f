from pathlib import Path

_MAX_BYTES = 10 << 20


class LogFile:
    """A file to append to. Above 10 MiB it is renamed to ``<name>.1``, replacing an older one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)

    def rotate_if_large(self) -> None:
        if self.path.exists() and self.path.stat().st_size > _MAX_BYTES:
            self.path.replace(self.path.with_suffix(self.path.suffix + ".1"))

    def write(self, chunk: bytes) -> None:
        self.rotate_if_large()
        with self.path.open("ab") as file:
            file.write(chunk)
