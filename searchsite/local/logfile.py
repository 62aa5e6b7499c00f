from pathlib import Path

_LARGEST = 10 << 20


class LogFile:
    """Appends; one older generation is kept beside it as ``<name>.1``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)

    def rotate_if_large(self) -> None:
        if self.path.exists() and self.path.stat().st_size > _LARGEST:
            self.path.replace(self.path.with_suffix(self.path.suffix + ".1"))

    def write(self, chunk: bytes) -> None:
        self.rotate_if_large()
        with self.path.open("ab") as file:
            file.write(chunk)
