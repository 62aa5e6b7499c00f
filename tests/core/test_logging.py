"""A quiet Celery worker still logs what the gallery says, such as the encoder in use."""

from __future__ import annotations

import subprocess
import sys

WORKER = """
import logging
from searchsite.celery import app
app.log.setup_logging_subsystem(loglevel="WARNING")
logging.getLogger("gallery.encoders.loader").info("encoder loaded")
logging.getLogger("celery").info("a line of Celery")
"""


def test_a_quiet_worker_logs_the_gallery() -> None:
    prepare = "import django; django.setup()"
    done = subprocess.run(
        [sys.executable, "-c", prepare + WORKER], capture_output=True, text=True, check=True
    )
    assert done.stderr.endswith("INFO gallery.encoders.loader encoder loaded\n")
