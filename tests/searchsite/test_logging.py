import subprocess
import sys


def test_a_quiet_worker_logs_the_gallery() -> None:
    command = [sys.executable, "-m", "tests.searchsite.programs.log_in_a_quiet_worker"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stderr.endswith("INFO gallery.encoders.loader encoder loaded\n")
