from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection

from gallery.core.dispatch import Stage
from gallery.core.errors import DuplicateImage
from gallery.ingest import change
from gallery.ingest.accept import Accepted, accept
from gallery.ingest.duplicates import OnDuplicate
from gallery.media import storage
from gallery.models import Image, State
from tests import scenes
from tests.conftest import Hint

pytestmark = pytest.mark.django_db(transaction=True)

Files = Callable[[], list[Path]]


def test_the_same_bytes_give_the_same_image(owner: User, files: Files) -> None:
    first, second = (accept([scenes.photo()], owner=owner) for _ in range(2))
    assert (first.created, second.created) == (True, False)
    assert first.image == second.image
    assert len(files()) == 1


def test_each_owner_has_an_own_image(owner: User, stranger: User) -> None:
    assert accept([scenes.photo()], owner=owner).created
    assert accept([scenes.photo()], owner=stranger).created
    assert accept([scenes.photo()], owner=None).created


def test_pictures_without_owner_are_deduplicated() -> None:
    assert accept([scenes.photo()], owner=None).created
    assert not accept([scenes.photo()], owner=None).created


def test_racing_uploads_create_one_image(owner: User, files: Files) -> None:
    threads = 32
    start = threading.Barrier(threads)

    def upload(_: int) -> Accepted:
        start.wait()
        try:
            return accept([scenes.photo()], owner=owner)
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        results = list(pool.map(upload, range(threads)))
    assert {result.image for result in results} == {Image.objects.get()}
    assert sum(result.created for result in results) == 1
    assert len(files()) == 1


@pytest.mark.parametrize("state", [State.FAILED, State.QUARANTINED])
def test_a_duplicate_retries_a_broken_image(
    state: State, stored: Callable[..., Image], hints: list[Hint]
) -> None:
    image = stored()
    Image.objects.update(state=state, attempts=3, error_code="corrupt", error_message="x")
    hints.clear()
    duplicate = accept([scenes.photo()], owner=None).image
    assert (duplicate.state, duplicate.attempts, duplicate.error) == ("stored", 0, None)
    assert hints == [(Stage.DERIVE, (str(image.pk),))]


def test_a_duplicate_restores_a_missing_original(stored: Callable[..., Image]) -> None:
    image = stored()
    storage.original_path(image).unlink()
    assert not accept([scenes.photo()], owner=None).created
    assert storage.original_path(image).read_bytes() == scenes.photo()


def test_a_deletion_waits_for_a_duplicate(
    stored: Callable[..., Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    image, keep = stored(), storage.keep
    storage.original_path(image).unlink()

    def delete() -> None:
        change.delete(Image.objects.get(pk=image.pk))
        connection.close()

    with ThreadPoolExecutor(1) as pool:

        def keep_while_it_is_deleted(received: storage.Received, name: str) -> Path:
            deletion = pool.submit(delete)
            wait([deletion], timeout=0.5)
            return keep(received, name)

        monkeypatch.setattr(storage, "keep", keep_while_it_is_deleted)
        assert accept([scenes.photo()], owner=None).image == image
    assert not Image.objects.exists()


@pytest.mark.parametrize("visibility", ["members", "private"])
@pytest.mark.parametrize("mode", [OnDuplicate.KEEP, OnDuplicate.ERROR])
def test_hidden_pictures_without_owner_stay_unknown(
    visibility: str, mode: OnDuplicate, stored: Callable[..., Image]
) -> None:
    stored()
    Image.objects.update(visibility=visibility, state=State.FAILED)
    with pytest.raises(DuplicateImage) as caught:
        accept([scenes.photo()], owner=None, on_duplicate=mode)
    assert caught.value.data == {}
    assert Image.objects.get().state == State.FAILED


def test_a_conflicting_row_may_be_deleted_meanwhile(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another upload of the same bytes wins the race, but its image is deleted at once."""
    keep, put_back = storage.keep, storage.put_back
    others: list[Image] = []

    def keep_after_another_upload(received: storage.Received, name: str) -> Path:
        monkeypatch.setattr(storage, "keep", keep)
        others.append(accept([scenes.photo()], owner=None).image)
        return keep(received, name)

    def put_back_and_delete(received: storage.Received, name: str) -> None:
        put_back(received, name)
        change.delete(others[0])

    monkeypatch.setattr(storage, "keep", keep_after_another_upload)
    monkeypatch.setattr(storage, "put_back", put_back_and_delete)
    accepted = accept([scenes.photo()], owner=None)
    assert accepted.created
    assert accepted.image not in others
    assert files() == [storage.original_path(accepted.image)]
