"""Limits that each web process counts for itself are divided among the processes."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

_PRINT_LIMITS = """
import django
django.setup()
from gallery.core.config import config
print(config().query_places, config().query_memory)
"""


@pytest.mark.parametrize(("processes", "limits"), [("1", "4 768"), ("2", "2 384"), ("8", "1 96")])
def test_processes_share_places_of_search_pictures(processes: str, limits: str) -> None:
    environment = {**os.environ, "WEB_CONCURRENCY": processes}
    environment |= {"GALLERY_QUERY_PLACES": "4", "GALLERY_QUERY_MEMORY": "768"}
    command = [sys.executable, "-c", _PRINT_LIMITS]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == limits
