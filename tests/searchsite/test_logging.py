import logging
import subprocess
import sys

import pytest


def test_a_quiet_worker_logs_the_gallery() -> None:
    command = [sys.executable, "-m", "tests.searchsite.programs.log_in_a_quiet_worker"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stderr.endswith("INFO gallery.encoders.loader encoder loaded\n")


def test_a_task_without_database_logs_one_line() -> None:
    command = [sys.executable, "-m", "tests.searchsite.programs.fail_in_a_worker"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    first, *others = result.stderr.splitlines()
    assert "Task query[1] raised unexpected: OperationalError('connection" in first
    assert "Task query[1] raised unexpected: ProgrammingError" in others[0]
    assert others[1].startswith("Traceback")


def test_a_failing_queue_logs_one_short_line(caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("kombu.transport.redis")
    for _ in range(3):
        try:
            raise ValueError("it is full")
        except ValueError:
            log.warning("will retry", exc_info=True)
    (record,) = caplog.records
    assert (record.getMessage(), record.exc_info) == ("will retry: it is full", None)
