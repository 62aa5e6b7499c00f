"""An import is deleted while a worker stores one of its pictures."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import Error as DatabaseError
from django.db import connection

from gallery.ingest.accept import accept_received
from gallery.ingest.imports import control, create, run
from gallery.models import ImportJob
from tests import scenes
from tests.local.services import eventually
from tests.other_session import waiting_sessions

pytestmark = pytest.mark.django_db(transaction=True)


class Deletion(threading.Thread):
    """Waits for the lock of a row or of the job."""

    def __init__(self, job: ImportJob) -> None:
        super().__init__()
        self.job = job
        self.error: DatabaseError | None = None

    def run(self) -> None:
        try:
            control.delete(self.job)
        except DatabaseError as error:
            self.error = error
        finally:
            connection.close()


def test_a_deletion_waits_for_the_worker(
    tmp_path: Path, owner: User, own_media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    (folder / "a.png").write_bytes(scenes.plain())
    job = create.create(folder, owner, create.ImportOptions())
    deletion = Deletion(job)
    waited: list[bool] = []

    def accept_during_the_deletion(*arguments: Any, **fields: Any) -> Any:
        deletion.start()
        waited.append(eventually(lambda: waiting_sessions() > 0, 10))
        return accept_received(*arguments, **fields)

    name = "gallery.ingest.imports.rows.outcomes.accept_received"
    monkeypatch.setattr(name, accept_during_the_deletion)
    run.run()
    deletion.join()
    assert (waited, deletion.error) == ([True], None)
    assert not ImportJob.objects.exists()
