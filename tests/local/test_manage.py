from __future__ import annotations

import os
import subprocess
import sys

from django.conf import settings

NOBODY = "postgres://nobody@127.0.0.1:1/none"


def test_without_a_database_a_command_says_so_without_a_traceback() -> None:
    told = subprocess.run(
        [sys.executable, "manage.py", "encoder", "show"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": NOBODY},
        capture_output=True,
        text=True,
    )
    assert told.returncode == 1
    assert "The database cannot be reached (does bin/run run?)" in told.stderr
    assert "Traceback" not in told.stderr
