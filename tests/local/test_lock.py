"""One run at a time on one var; a run that was killed holds nothing."""

import os
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from searchsite.local import website
from searchsite.local.directories import LocalError, Lock
from searchsite.local.website import Address


def test_a_second_run_is_refused_and_told_who_holds_it(var: Path) -> None:
    with (
        Lock(var),
        pytest.raises(LocalError, match=rf"already runs on {var} \(process {os.getpid()}"),
    ):
        Lock(var).__enter__()


def test_the_lock_is_free_after_a_run_ended(var: Path) -> None:
    with Lock(var):
        pass
    with Lock(var):
        assert (var / "lock").read_text() == f"{os.getpid()}\n"


def test_a_killed_run_does_not_keep_the_lock(var: Path) -> None:
    code = (
        "import sys, os, pathlib; from searchsite.local.directories import Lock;"
        "Lock(pathlib.Path(sys.argv[1])).__enter__(); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(var)], check=False)
    with Lock(var):
        pass


def test_a_port_in_use_is_refused_by_name() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(LocalError, match=f"Cannot listen on 127.0.0.1 port {port}"):
            website.require_free(Address("127.0.0.1", port))


@pytest.mark.parametrize("port", ["http", "0", "70000", "-1"])
def test_a_port_that_is_no_port_is_refused(port: str) -> None:
    with pytest.raises(LocalError, match="PORT must be a number"):
        website.address_from({"PORT": port})


def test_a_wildcard_address_is_visited_at_home() -> None:
    assert Address("0.0.0.0", 80).url == "http://127.0.0.1:80/"
    assert Address("::", 80).url == "http://[::1]:80/"
