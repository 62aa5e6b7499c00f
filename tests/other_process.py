"""Programs in processes of their own, on the database of the test: they can be killed."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from django.conf import settings
from django.db import connection


def start(program: str, **options: object) -> subprocess.Popen[str]:
    """Run a module such as ``tests.changeover.programs.load_and_hang``.

    Its first argument is the JSON of ``options``.
    """
    environment = {
        "database": connection.settings_dict["NAME"],
        "media": str(settings.MEDIA_ROOT),
        "models": str(settings.GALLERY["models_dir"]),
        "batch": settings.GALLERY["embed_batch"],
        "cache": settings.CACHES["default"]["KEY_PREFIX"],
        "program": program,
        "options": options,
    }
    return subprocess.Popen(
        [sys.executable, "-m", "tests.run_program", json.dumps(environment)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=settings.BASE_DIR,
    )


def options() -> dict[str, Any]:
    """In the program: the options that it was started with."""
    given: dict[str, Any] = json.loads(sys.argv[1])
    return given
