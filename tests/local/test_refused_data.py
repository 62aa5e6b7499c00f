"""A data directory that cannot be used gives one sentence, which names it."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from searchsite.local import directories
from searchsite.local.errors import LocalError
from searchsite.local.management.commands import runlocal
from searchsite.local.services import postgres_home
from tests.local.services import Services
from tests.local.site import EXCLUDED, ROOT


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not tmp_path: only its owner can enter that."""
    folder = Path(tempfile.mkdtemp(prefix="data-")).resolve()
    directories.make_var(folder)
    yield folder
    shutil.rmtree(folder)


def refused(var: Path) -> str:
    """What bin/run prints, which ends because of its data directory."""
    inherited = {name: value for name, value in os.environ.items() if name not in EXCLUDED}
    result = subprocess.run(
        [sys.executable, "manage.py", "runlocal"],
        cwd=ROOT,
        env=inherited | {"SEARCHSITE_VAR": str(var), "PORT": "1"},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1, result.stderr
    return result.stderr


def test_a_file_is_not_a_data_directory(folder: Path) -> None:
    (folder / "file").touch()
    assert f"{folder}/file is a file" in refused(folder / "file")
    assert "Not a directory" in refused(folder / "file" / "var")


@pytest.fixture
def nobody() -> Iterator[None]:
    """In this process, because others may not be able to run its Python."""
    if os.geteuid() != 0:
        pytest.skip("only root can act as another user")
    os.seteuid(pwd.getpwnam("nobody").pw_uid)
    yield
    os.seteuid(0)


def test_data_of_another_user_is_refused(
    folder: Path, settings: LazySettings, nobody: None
) -> None:
    for var in (folder, folder / "new"):
        settings.VAR = var
        with pytest.raises(CommandError, match="Permission denied") as refusal:
            call_command(runlocal.Command())
        assert str(var) in str(refusal.value)
        assert "SEARCHSITE_VAR" in str(refusal.value)


def test_a_full_disk_at_the_first_start_is_named(
    var: Path, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = var / "initdb"
    program.write_text(
        "#!/bin/sh\n"
        "echo 'FATAL:  could not write to file \"pg_wal/1\": No space left on device' >&2\n"
        "echo 'child process exited with exit code 1' >&2\n"
        "exit 1\n"
    )
    program.chmod(0o755)
    home = postgres_home.Home(data=var / "postgres", binaries=var, owner=None)
    monkeypatch.setattr(postgres_home, "find", lambda _: home)
    with pytest.raises(LocalError) as refusal:
        services.start_postgres()
    assert str(refusal.value) == f"No space is left in {var}, and the database needs some."
