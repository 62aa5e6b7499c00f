"""python -m tests.run_program JSON: set Django up as in the test, then run a program's module."""

from __future__ import annotations

import json
import os
import runpy
import sys
from pathlib import Path


def main() -> None:
    environment = json.loads(sys.argv[1])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "searchsite.settings")
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = environment["database"]
    settings.MEDIA_ROOT = environment["media"]
    settings.GALLERY |= {
        "models_dir": Path(environment["models"]),
        "embed_batch": environment["batch"],
    }
    settings.CACHES["default"]["KEY_PREFIX"] = environment["cache"]
    django.setup()
    sys.argv = [environment["program"], json.dumps(environment["options"])]
    runpy.run_module(environment["program"], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
