from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection

from gallery.core.dispatch import Stage
from gallery.ingest import accept as acceptance
from gallery.ingest import change
from gallery.ingest.accept import Accepted, accept
from gallery.media import storage
from gallery.models import Image, State
from tests import scenes
from tests.ingest.conftest import Hint

pytestmark = pytest.mark.django_db(transaction=True)

Files = Callable[[], list[Path]]


def test_the_same_bytes_give_the_same_image(owner: User, files: Files) -> None:
    first, second = (accept([scenes.photo()], owner=owner) for _ in range(2))
    assert (first.created, second.created) == (True, False)
    assert first.image == second.image
    assert len(files()) == 1


def test_another_owner_has_an_image_of_his_own(owner: User, stranger: User) -> None:
    assert accept([scenes.photo()], owner=owner).created
    assert accept([scenes.photo()], owner=stranger).created
    assert accept([scenes.photo()], owner=None).created


def test_pictures_without_an_owner_are_one_too() -> None:
    assert accept([scenes.photo()], owner=None).created
    assert not accept([scenes.photo()], owner=None).created


def test_racing_uploads_of_the_same_bytes_are_one_image(owner: User, files: Files) -> None:
    racers = 32
    start = threading.Barrier(racers)

    def upload(_: int) -> Accepted:
        start.wait()
        try:
            return accept([scenes.photo()], owner=owner)
        finally:
            connection.close()

    with ThreadPoolExecutor(racers) as pool:
        answers = list(pool.map(upload, range(racers)))
    assert {answer.image for answer in answers} == {Image.objects.get()}
    assert sum(answer.created for answer in answers) == 1
    assert len(files()) == 1


@pytest.mark.parametrize("state", [State.FAILED, State.QUARANTINED])
def test_a_duplicate_of_a_broken_image_gives_it_another_chance(
    state: State, stored: Callable[..., Image], hints: list[Hint]
) -> None:
    image = stored()
    Image.objects.update(state=state, attempts=3, error_code="corrupt", error_message="x")
    hints.clear()
    again = accept([scenes.photo()], owner=None)
    assert (again.image.state, again.image.attempts, again.image.error) == ("stored", 0, None)
    assert hints == [(Stage.DERIVE, (str(image.pk),))]


def test_a_duplicate_restores_a_missing_original(stored: Callable[..., Image]) -> None:
    image = stored()
    storage.original_path(image).unlink()
    assert not accept([scenes.photo()], owner=None).created
    assert storage.original_path(image).read_bytes() == scenes.photo()


def test_an_upload_that_meets_a_deletion_is_a_new_image(
    stored: Callable[..., Image], files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row that was in the way is deleted between the insert and the second look."""
    old, look = stored(), acceptance._revive
    looks: list[int] = []

    def blind_once(*args: object) -> Image | None:
        looks.append(1)
        if len(looks) == 1:
            return None
        change.delete(Image.objects.filter(pk=old.pk))
        return look(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(acceptance, "_revive", blind_once)
    accepted = accept([scenes.photo()], owner=None)
    assert accepted.created
    assert files() == [storage.original_path(accepted.image)]
