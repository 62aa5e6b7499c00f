"""Only one run can use a var directory, and the port must be free."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from searchsite.local import web
from searchsite.local.directories import Lock
from searchsite.local.errors import LocalError
from searchsite.local.web import Address


def test_a_second_run_names_the_first(var: Path) -> None:
    with (
        Lock(var),
        pytest.raises(LocalError, match=rf"already running on {var} \(process {os.getpid()}"),
        Lock(var),
    ):
        pass


def test_a_finished_run_releases_the_lock(var: Path) -> None:
    with Lock(var):
        pass
    with Lock(var):
        assert (var / "lock").read_text() == f"{os.getpid()}\n"


def test_a_killed_run_releases_the_lock(var: Path) -> None:
    command = [sys.executable, "-m", "tests.local.programs.die_holding_lock", str(var)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    with Lock(var):
        pass


def test_a_port_in_use_is_refused() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(LocalError, match=f"Cannot listen on 127.0.0.1 port {port}"):
            web.require_free(Address("127.0.0.1", port))


@pytest.mark.parametrize("host", ["nonsense.invalid", "192.0.2.1", "2001:db8::1"])
def test_a_foreign_address_is_refused(host: str) -> None:
    with pytest.raises(LocalError, match=f"SEARCHSITE_BIND names {host}") as refusal:
        web.require_free(Address(host, 8000))
    assert "another port" not in str(refusal.value)


@pytest.mark.parametrize("port", ["http", "0", "70000", "-1"])
def test_an_invalid_port_is_refused(port: str) -> None:
    with pytest.raises(LocalError, match="PORT must be a number"):
        web.address_from({"PORT": port})


def test_a_wildcard_address_has_a_loopback_url() -> None:
    assert Address("0.0.0.0", 80).url == "http://127.0.0.1:80/"
    assert Address("::", 80).url == "http://[::1]:80/"
