"""Services for one command, gone without a trace afterwards."""

import os
import subprocess
import sys
from pathlib import Path

SANDBOX = [sys.executable, "-m", "searchsite.local.sandbox"]
SHOW = "import os; print(os.environ['SEARCHSITE_VAR']); import sys; sys.exit(7)"


def test_the_exit_code_is_the_commands_and_the_directory_is_gone() -> None:
    done = subprocess.run([*SANDBOX, "--", sys.executable, "-c", SHOW], capture_output=True)
    assert done.returncode == 7
    assert not Path(os.fsdecode(done.stdout.strip())).exists()


def test_both_services_answer_at_the_addresses_in_the_environment() -> None:
    code = (
        "import os, psycopg, redis;"
        "psycopg.connect(os.environ['DATABASE_URL']).close();"
        "print(redis.Redis.from_url(os.environ['REDIS_URL']).ping(), len(os.environ['SECRET_KEY']))"
    )
    done = subprocess.run([*SANDBOX, sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "True 67\n"
