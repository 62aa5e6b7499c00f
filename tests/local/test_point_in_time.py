"""A database returns to a moment before a mistake, by a base backup and the archive of changes."""

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from searchsite.local import addresses
from searchsite.local.services import postgres_home
from tests.local.services import Services, eventually

pytestmark = pytest.mark.slow


def base_backup(services: Services, target: Path) -> None:
    home = postgres_home.find(services.var)
    sockets = addresses.postgres_directory(services.var)
    command = [str(home.binaries / "pg_basebackup"), "-D", str(target), "-h", str(sockets)]
    command += ["-U", addresses.DATABASE_USER, "--checkpoint=fast"]
    owner = home.owner
    target.mkdir(mode=0o700)
    postgres_home.change_owner(target, owner)
    subprocess.run(
        command,
        check=True,
        cwd=home.data,
        user=owner.uid if owner else None,
        group=owner.gid if owner else None,
        extra_groups=[] if owner else None,
    )


def recover(services: Services, base: Path, archive: Path, moment: str) -> None:
    """As docs/operations.md says."""
    home = postgres_home.find(services.var)
    data = home.data
    data.rename(data.with_name("postgres.before"))
    base.rename(data)
    with (data / "postgresql.auto.conf").open("a") as file:
        file.write(f"restore_command = 'cp {shlex.quote(str(archive))}/%f %p'\n")
        file.write(f"recovery_target_time = '{moment}'\n")
        file.write("recovery_target_action = 'promote'\n")
    (data / "recovery.signal").touch()
    postgres_home.change_owner(data / "recovery.signal", home.owner)


def test_a_deleted_picture_returns_by_time(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = postgres_home.find(services.var).data.parent
    archive, base = folder / "archive", folder / "base"
    monkeypatch.setenv("SEARCHSITE_WAL_ARCHIVE", str(archive))
    services.start_postgres()
    services.sql("CREATE TABLE picture (title text, vector vector(3))")
    base_backup(services, base)
    services.sql("INSERT INTO picture VALUES ('a boat', '[1,2,3]')")
    [(moment,)] = services.sql("SELECT clock_timestamp()")
    services.sql("DELETE FROM picture")
    [(file,)] = services.sql("SELECT pg_walfile_name(pg_switch_wal())")
    assert eventually(lambda: (archive / str(file)).exists(), 60)
    services.stop()
    recover(services, base, archive, moment.isoformat())
    services.start_postgres()
    assert services.sql("SELECT title, vector::text FROM picture") == [("a boat", "[1,2,3]")]
    services.sql("INSERT INTO picture VALUES ('a sail', '[4,5,6]')")
    services.stop()
    shutil.rmtree(postgres_home.find(services.var).data.with_name("postgres.before"))
