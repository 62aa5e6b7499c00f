"""Work on the imports until they are complete."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings

from gallery.ingest.imports import run
from gallery.models import ImportJob
from tests.other_process import options

given: dict[str, Any] = options()
settings.GALLERY |= {"fetch_allow": tuple(given["allow"]), "import_rate": 10_000.0}
print("started", flush=True)
while ImportJob.objects.running().exists():
    run.run(1.0)
    time.sleep(0.01)
