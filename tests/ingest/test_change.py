from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection, transaction

from gallery.core.dispatch import Stage
from gallery.core.errors import InvalidInput
from gallery.ingest import change, deleted_files
from gallery.models import Embedding, Image, State
from tests.builders import make_embedding, make_image, make_space, unit_vector
from tests.conftest import Hint

pytestmark = pytest.mark.django_db(transaction=True)


def test_deletion_removes_row_vectors_and_files(
    derived: Callable[..., Image], files: Callable[[], list[Path]]
) -> None:
    image = derived()
    make_embedding(image, make_space(), unit_vector(1))
    assert change.delete(Image.objects.filter(pk=image.pk)) == 1
    assert not Image.objects.exists()
    assert not Embedding.objects.exists()
    assert not files()


def test_a_deletion_rolled_back_keeps_the_files(
    derived: Callable[..., Image], files: Callable[[], list[Path]]
) -> None:
    image = derived()
    with transaction.atomic():
        change.delete(image)
        transaction.set_rollback(True)
    assert Image.objects.exists()
    assert len(files()) == 4


def test_a_deletion_survives_the_end_of_its_session(
    derived: Callable[..., Image], files: Callable[[], list[Path]]
) -> None:
    image = derived()
    with transaction.atomic():
        transaction.on_commit(_end_session)
        change.delete(image)
    connection.close()
    assert not Image.objects.exists()
    deleted_files.remove_due()
    assert not files()


def _end_session() -> None:
    with contextlib.suppress(OperationalError), connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


def test_other_images_keep_their_files(
    stored: Callable[..., Image], owner: User, files: Callable[[], list[Path]]
) -> None:
    deleted, other = stored(), stored(owner=owner)
    change.delete(deleted)
    assert [path.stem for path in files()] == [str(other.pk)]


def test_many_images_are_changed_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(change, "CHUNK_SIZE", 2)
    for _ in range(5):
        make_image(state=State.FAILED)
    assert change.retry(Image.objects.filter(state=State.FAILED)) == 5
    assert change.delete(Image.objects.all()) == 5
    assert change.delete(Image.objects.all()) == 0


@pytest.mark.parametrize("state", [State.FAILED, State.QUARANTINED])
def test_a_broken_image_starts_again(state: State, hints: list[Hint]) -> None:
    image = make_image(state=state, attempts=3, error_code="corrupt", error_message="x")
    assert change.retry(image) == 1
    image.refresh_from_db()
    assert (image.state, image.attempts, image.error) == (State.STORED, 0, None)
    assert hints == [(Stage.DERIVE, (str(image.pk),))]


@pytest.mark.parametrize("state", [State.STORED, State.DERIVED, State.READY])
def test_only_broken_images_are_retried(state: State, hints: list[Hint]) -> None:
    image = make_image(state=state, attempts=1)
    assert change.retry(image) == 0
    image.refresh_from_db()
    assert (image.state, image.attempts, hints) == (state, 1, [])


def test_reembedding_keeps_the_old_vector(hints: list[Hint]) -> None:
    image = make_image()
    make_embedding(image, make_space(), unit_vector(1))
    make_image(state=State.FAILED)
    assert change.reembed(Image.objects.all()) == 1
    image.refresh_from_db()
    assert (image.state, Embedding.objects.count()) == (State.DERIVED, 1)
    assert hints == [(Stage.EMBED, ())]


def test_fields_are_edited_on_row_and_object() -> None:
    image, taken_at = make_image(), datetime(2020, 1, 2, tzinfo=UTC)
    before = image.updated_at
    assert change.edit(image, title=" New\nname ", visibility="private", taken_at=taken_at) == 1
    assert image.title == "New name"
    image.refresh_from_db()
    assert (image.title, image.visibility, image.taken_at) == ("New name", "private", taken_at)
    assert image.updated_at > before


@pytest.mark.parametrize("field", ["state", "owner", "original", "sha256"])
def test_other_fields_cannot_be_edited(field: str) -> None:
    with pytest.raises(InvalidInput):
        change.edit(make_image(), **{field: "x"})


def test_a_deleted_image_is_not_edited() -> None:
    image = make_image()
    Image.objects.all().delete()
    assert change.edit(image, title="x") == 0
