"""The scripts of bin/ on a machine without packages, as far as the packages are installed."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.local.site import ROOT

# ``bash -c`` has no BASH_SOURCE of its own; the scripts of bin/ have.
INSTALL = "set -euo pipefail; source bin/environment.sh; ensure_packages requirements.txt"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The scripts, with one small package as the requirement."""
    scripts = [
        f"bin/{name}" for name in ("environment.sh", "packages.sh", "venv.sh", "run", "manage")
    ]
    for part in (*scripts, "searchsite/local/machine.py"):
        (tmp_path / part).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / part, tmp_path / part)
    (tmp_path / "requirements.txt").write_text("tiny==1.0\n")
    _write_wheel(tmp_path / "wheels" / "tiny-1.0-py3-none-any.whl")
    return tmp_path


def _write_wheel(path: Path) -> None:
    path.parent.mkdir()
    facts = {
        "METADATA": "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n",
        "WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "RECORD": "",
    }
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("tiny.py", "")
        for name, content in facts.items():
            wheel.writestr(f"tiny-1.0.dist-info/{name}", content)


def install(checkout: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    (checkout / "bin" / "install").write_text(INSTALL)
    return run(checkout, "install", **variables)


def run(
    checkout: Path, *command: str, user: str | None = None, **variables: str
) -> subprocess.CompletedProcess[str]:
    """A script of bin/ with its arguments, in a process group of its own."""
    excluded = {"SEARCHSITE_VAR", "VIRTUAL_ENV"}
    inherited = {name: value for name, value in os.environ.items() if name not in excluded}
    own = {
        "PYTHON": sys.executable,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(checkout / "wheels"),
    }
    script, *arguments = command
    return subprocess.run(
        ["bash", f"bin/{script}", *arguments],
        cwd=checkout,
        env={**inherited, **own, **variables},
        user=user,
        process_group=0,
        # A run of the tests in the background ignores Ctrl-C, and so would its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        capture_output=True,
        text=True,
    )


def is_installed(checkout: Path) -> bool:
    return bool(list((checkout / ".venv").glob("lib/*/site-packages/tiny.py")))


@pytest.mark.slow
def test_the_first_start_says_what_it_needs(checkout: Path) -> None:
    first = install(checkout)
    assert (first.returncode, first.stdout) == (0, "")
    needs, *_, progress = first.stderr.splitlines()
    assert "GB of disk" in needs
    assert "GB of memory" in needs
    assert "1 of 1" in progress
    assert is_installed(checkout)
    log = checkout / "var" / "log" / "pip.log"
    assert "Successfully installed tiny-1.0" in log.read_text()
    assert log.stat().st_mode & 0o077 == 0
    second = install(checkout)
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")


@pytest.mark.slow
def test_a_missing_package_is_named(checkout: Path) -> None:
    (checkout / "requirements.txt").write_text("tiny==2.0\n")
    result = install(checkout)
    assert result.returncode == 1
    assert "No matching distribution found for tiny==2.0" in result.stderr
    assert "var/log/pip.log" in result.stderr


@pytest.mark.slow
def test_an_interrupted_installation_begins_again(checkout: Path) -> None:
    """The Python is killed as Ctrl-C kills it: with the script, before it has installed pip."""
    python = checkout / "python"
    python.write_text(
        "#!/bin/bash\n"
        f'[[ "$2" != venv ]] && exec {sys.executable} "$@"\n'
        f'{sys.executable} -m venv --without-pip "${{@: -1}}"\n'
        "echo Traceback >&2; kill -INT 0; sleep 5\n"
    )
    python.chmod(0o755)
    first = install(checkout, PYTHON=str(python))
    assert first.returncode == 130
    assert first.stderr.splitlines()[-1] == "Interrupted. Run the command again to continue."
    assert "Traceback" not in first.stderr
    assert (checkout / ".venv" / "bin" / "python").exists()
    refused = run(checkout, "manage", "apitoken", "ann")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "not installed yet: bin/run installs it" in refused.stderr
    second = install(checkout)
    assert second.returncode == 0
    assert is_installed(checkout)


def test_manage_installs_nothing(checkout: Path) -> None:
    result = run(checkout, "manage", "help")
    assert result.returncode == 1
    assert result.stderr == "Searchsite is not installed yet: bin/run installs it.\n"
    assert not (checkout / ".venv").exists()


@pytest.fixture
def python_of_another_user(checkout: Path) -> Path:
    """A ``.venv`` in use, whose Python the user of the scripts may not run."""
    if os.geteuid() != 0:
        pytest.skip("only root can act as another user")
    python = checkout / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/bash\n")
    python.chmod(0o700)
    for part in (checkout, *checkout.rglob("*")):
        if part != python:
            part.chmod(0o777)
    for parent in list(checkout.parents)[:-2]:
        parent.chmod(parent.stat().st_mode | 0o011)
    return python


@pytest.mark.parametrize("script", ["install", "manage"])
def test_another_user_does_not_replace_packages(
    checkout: Path, python_of_another_user: Path, script: str
) -> None:
    (checkout / "bin" / "install").write_text(INSTALL)
    result = run(checkout, script, user="nobody")
    assert result.returncode == 1
    assert ".venv" in result.stderr
    assert "belongs to root" in result.stderr
    assert "Run the command as root" in result.stderr
    assert result.stderr.count("\n") == 1
    assert python_of_another_user.exists()


def test_a_wrong_python_is_refused(checkout: Path) -> None:
    result = install(checkout, PYTHON="/nonexistent/python")
    assert result.returncode == 1
    assert "PYTHON names /nonexistent/python" in result.stderr
    assert not (checkout / ".venv").exists()


def test_the_options_of_run_are_explained(checkout: Path) -> None:
    helped = run(checkout, "run", "--help")
    assert (helped.returncode, helped.stderr) == (0, "")
    for variable in ("PORT", "SEARCHSITE_BIND", "SEARCHSITE_VAR", "SEARCHSITE_DEMO"):
        assert variable in helped.stdout
    refused = run(checkout, "run", "8080")
    assert refused.returncode == 2
    assert "PORT=" in refused.stderr
    assert not (checkout / ".venv").exists()


@pytest.mark.parametrize("version", ["3.10.12", "3.14.0"])
def test_another_python_is_refused(checkout: Path, version: str) -> None:
    programs = checkout / "programs"
    programs.mkdir()
    for name in ("bash", "dirname", "cat"):
        (programs / name).symlink_to(str(shutil.which(name)))
    major, minor, _ = version.split(".")
    python = programs / "python3"
    python.write_text(
        "#!/bin/bash\n"
        f'[[ "$1" == --version ]] && echo "Python {version}" && exit\n'
        f'exec {sys.executable} -c "import sys; sys.version_info = ({major}, {minor}, 0); $2"\n'
    )
    python.chmod(0o755)
    result = install(checkout, PYTHON="", PATH=str(programs))
    assert result.returncode == 1
    assert "needs Python 3.11, 3.12 or 3.13" in result.stderr
    assert version in result.stderr
    assert not (checkout / ".venv").exists()


def test_a_small_disk_is_refused_before_downloads(checkout: Path) -> None:
    source = checkout / "searchsite" / "local" / "machine.py"
    source.write_text(re.sub(r"_DISK(_CUDA)? = .*", r"_DISK\1 = 1e18", source.read_text()))
    result = install(checkout)
    assert result.returncode == 1
    assert "GB of free disk" in result.stderr
    assert not (checkout / ".venv").exists()
