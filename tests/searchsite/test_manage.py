import os
import subprocess
import sys

from django.conf import settings

UNREACHABLE = "postgres://nobody@127.0.0.1:1/none"


def test_a_missing_database_gives_no_traceback() -> None:
    result = subprocess.run(
        [sys.executable, "manage.py", "encoder", "show"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": UNREACHABLE},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1
    assert "The database cannot be reached (does bin/run run?)" in result.stderr
    assert "Traceback" not in result.stderr
