"""The wall clock of the site's processes, which a fault shifts. PostgreSQL's and ours stay right.

The library is preloaded by the dynamic linker, so Linux and a C compiler are needed. Decoders and
PostgreSQL start without the environment that loads it.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
from pathlib import Path

_SOURCE = Path(__file__).with_name("shifted_clock.c")


class Clock:
    def __init__(self, folder: Path) -> None:
        """The library and the file with the offset lie in ``folder``."""
        self._file = folder / "clock-offset"
        self.environment: dict[str, str] = {}
        if (compiler := shutil.which("gcc")) is None:
            return
        library = folder / "shifted_clock.so"
        command = [compiler, "-O1", "-shared", "-fPIC", "-o", str(library), str(_SOURCE), "-ldl"]
        subprocess.run(command, check=True)
        self.shift(0)
        self.environment = {"LD_PRELOAD": str(library), "CLOCK_OFFSET_FILE": str(self._file)}

    @property
    def can_be_shifted(self) -> bool:
        return bool(self.environment)

    def shift(self, seconds: int) -> None:
        """Seconds from the right time, for all processes at once."""
        mode = "r+b" if self._file.exists() else "wb"  # the processes have mapped the file
        with self._file.open(mode) as file:
            file.write(struct.pack("@l", seconds))
