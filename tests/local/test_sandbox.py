"""The sandbox gives one command its own services and deletes them afterwards."""

import os
import subprocess
import sys
from pathlib import Path

SANDBOX = [sys.executable, "-m", "searchsite.local.sandbox"]
PROGRAM = [sys.executable, "-m"]


def test_exit_code_passes_and_data_is_deleted() -> None:
    command = [*SANDBOX, "--", *PROGRAM, "tests.local.programs.exit_with_seven"]
    result = subprocess.run(command, capture_output=True)
    assert result.returncode == 7
    assert not Path(os.fsdecode(result.stdout.strip())).exists()


def test_both_services_answer() -> None:
    command = [*SANDBOX, *PROGRAM, "tests.local.programs.use_services"]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.stdout == "True 67\n"


def test_buffers_of_postgres_can_be_chosen() -> None:
    command = [*SANDBOX, "--buffers", "64MB", *PROGRAM, "tests.local.programs.show_buffers"]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.stdout == "('64MB',)\n"
