"""Work in processes of their own, on the database of the test: they can be killed."""

from __future__ import annotations

import json
import subprocess
import sys

from django.conf import settings
from django.db import connection

_PREPARE = """
import json, sys
from pathlib import Path
from django.conf import settings
import django
given = json.loads(sys.argv[1])
settings.DATABASES["default"]["NAME"] = given["database"]
settings.MEDIA_ROOT = given["media"]
settings.GALLERY |= {"models_dir": Path(given["models"]), "embed_batch": given["batch"]}
settings.CACHES["default"]["KEY_PREFIX"] = given["cache"]
django.setup()
"""


def start(script: str) -> subprocess.Popen[str]:
    given = {
        "database": connection.settings_dict["NAME"],
        "media": str(settings.MEDIA_ROOT),
        "models": str(settings.GALLERY["models_dir"]),
        "batch": settings.GALLERY["embed_batch"],
        "cache": settings.CACHES["default"]["KEY_PREFIX"],
    }
    return subprocess.Popen(
        [sys.executable, "-c", _PREPARE + script, json.dumps(given)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=settings.BASE_DIR,
    )
