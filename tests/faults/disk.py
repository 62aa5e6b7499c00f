"""The disk of the pictures: a small file system of its own where mounting is permitted."""

from __future__ import annotations

import subprocess
from contextlib import suppress
from pathlib import Path

_BLOCK = bytes(1 << 20)


class Disk:
    def __init__(self, media: Path, megabytes: int) -> None:
        media.mkdir(mode=0o700)
        self.media = media
        options = f"size={megabytes}m,mode=0700"
        command = ["mount", "-t", "tmpfs", "-o", options, "searchsite-faults", str(media)]
        try:
            self.can_be_filled = subprocess.run(command, capture_output=True).returncode == 0
        except OSError:
            self.can_be_filled = False

    def fill(self) -> None:
        """Until not one byte can be written."""
        with (self.media / "filler").open("wb", buffering=0) as file:
            for block in (_BLOCK, b"\0"):
                with suppress(OSError):
                    while file.write(block):
                        pass

    def empty(self) -> None:
        (self.media / "filler").unlink(missing_ok=True)

    def close(self) -> None:
        self.empty()
        if self.can_be_filled:
            subprocess.run(["umount", "--lazy", str(self.media)], check=False)
