"""Programs that tests run in a process of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings


def output_of(program: str, *arguments: object, variables: Mapping[str, str] | None = None) -> str:
    """Run a file of this folder and return what it prints.

    ``variables`` are added to the environment. Raises ``CalledProcessError`` if the program fails.
    """
    file = Path(__file__).with_name(program)
    result = subprocess.run(
        [sys.executable, str(file), *map(str, arguments)],
        cwd=settings.BASE_DIR,
        env={**os.environ, **(variables or {}), "PYTHONPATH": str(settings.BASE_DIR)},
        capture_output=True,
        text=True,
        check=True,
    )
    return result.stdout.strip()
