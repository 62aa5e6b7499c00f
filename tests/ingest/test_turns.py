"""Which picture is decoded next."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models.functions import Now

from gallery.core.errors import DecoderCrash, TooExpensive
from gallery.ingest import change, turns
from gallery.ingest.accept import accept
from gallery.ingest.backlog import derive_hinted
from gallery.ingest.derive import derive
from gallery.models import Image, State
from gallery.models.locks import Lock
from tests import scenes
from tests.builders import make_image, make_user
from tests.conftest import Hint

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ann() -> User:
    return make_user("ann")


@pytest.fixture
def bob() -> User:
    return make_user("bob")


def waiting(owner: User | None, count: int = 1, **fields: Any) -> list[Image]:
    """Stored images that are due, the first for longest. It is created last."""
    values = {"state": State.STORED, **fields}
    due = [Now() - timedelta(seconds=1_000 - number) for number in range(count)]
    images = [make_image(owner, **{"next_attempt_at": moment, **values}) for moment in due[::-1]]
    return images[::-1]


def claimed() -> list[Image]:
    """All images that may be decoded at the same time, in the order of their claims."""
    return list(iter(turns.claim, None))


def test_an_owner_has_two_decoders(ann: User) -> None:
    images = waiting(ann, 5)
    assert claimed() == images[:2]


@pytest.mark.parametrize("attempts", [0, 1])
def test_the_longest_due_comes_first_without_indexes(ann: User, attempts: int) -> None:
    images = waiting(ann, 3, attempts=attempts)
    plans = ("enable_indexscan", "enable_indexonlyscan", "enable_bitmapscan")
    with connection.cursor() as cursor:
        cursor.execute("".join(f"SET {plan} = off;" for plan in plans))
        try:
            assert turns.claim() == images[0]
        finally:
            cursor.execute("".join(f"RESET {plan};" for plan in plans))


def test_another_owner_is_not_behind(ann: User, bob: User) -> None:
    many, one = waiting(ann, 5), waiting(bob, next_attempt_at=Now())
    assert claimed() == [many[0], *one, many[1]]


def test_the_longest_due_owner_comes_first(ann: User, bob: User) -> None:
    (young,), (old,) = waiting(ann, next_attempt_at=Now()), waiting(bob)
    assert claimed() == [old, young]


def test_nobodys_pictures_take_turns_too(ann: User) -> None:
    many, one = waiting(None, 3), waiting(ann, next_attempt_at=Now())
    assert claimed() == [many[0], *one, many[1]]


def test_a_hinted_image_comes_first_of_its_owner(ann: User, bob: User) -> None:
    images, other = waiting(ann, 3), waiting(bob, next_attempt_at=Now())
    assert turns.claim(images[2].pk) == images[2]
    assert turns.claim(images[1].pk) == other[0]


def test_one_suspect_is_decoded_at_a_time(ann: User, bob: User) -> None:
    suspects = waiting(ann, 2, attempts=1) + waiting(bob, 1, attempts=1)
    (image,) = claimed()
    assert image in suspects


def test_many_suspects_delay_no_other_owners(ann: User, bob: User) -> None:
    waiting(ann, 30, attempts=1)
    (one,) = waiting(bob, attempts=1, next_attempt_at=Now())
    for _ in range(29):  # Each owner has half of the turns: it fails once in 500 million times.
        image = turns.claim()
        assert image is not None
        if image == one:
            return
        image.back_off()
    pytest.fail("bob's picture came after those of ann")


def test_suspects_of_an_owner_keep_their_order(ann: User) -> None:
    for image in waiting(ann, 3, attempts=1):
        assert claimed() == [image]
        Image.objects.get(pk=image.pk).back_off()


def test_suspects_come_after_new_pictures(ann: User) -> None:
    suspect, new = waiting(ann, attempts=1), waiting(ann, next_attempt_at=Now())
    assert claimed() == new + suspect


def test_a_finished_suspect_makes_way(ann: User) -> None:
    first, second = waiting(ann, 2, attempts=1)
    turns.claim()
    first.refresh_from_db()
    first.back_off()
    assert turns.claim() == second


def test_a_lost_worker_makes_way_after_its_lease(ann: User, bob: User) -> None:
    lost, other = waiting(ann, attempts=1) + waiting(bob, attempts=1)
    Image.objects.filter(pk=lost.pk).update(attempts=2, lease_until=Now() + timedelta(seconds=60))
    assert turns.claim() is None
    Image.objects.filter(pk=lost.pk).update(lease_until=Now() - timedelta(seconds=1))
    assert turns.claim() in (lost, other)


def test_used_up_attempts_are_not_claimed(ann: User) -> None:
    waiting(ann, attempts=3)
    assert turns.claim() is None


def test_a_locked_row_does_not_block_claims(ann: User) -> None:
    (image,) = waiting(ann)
    locked, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Image.objects.select_for_update().get(pk=image.pk)
            locked.set()
            done.wait(10)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(hold)
        locked.wait(10)
        assert turns.claim() is None
        done.set()


def test_a_frozen_claim_does_not_block_others(ann: User) -> None:
    (image,) = waiting(ann)
    frozen, done = threading.Event(), threading.Event()

    def freeze() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [Lock.CLAIM_PICTURE])
            frozen.set()
            done.wait(20)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(freeze)
        frozen.wait(10)
        assert turns.claim() == image
        done.set()


def test_parallel_claims_keep_the_limits(ann: User, bob: User) -> None:
    waiting(ann, 8), waiting(bob, 8, attempts=1)
    start = threading.Barrier(8)

    def claim(_: int) -> Image | None:
        start.wait()
        image = turns.claim()
        connection.close()
        return image

    with ThreadPoolExecutor(8) as pool:
        images = [image for image in pool.map(claim, range(8)) if image]
    assert sorted(str(image.owner) for image in images) == ["ann", "ann", "bob"]


def test_a_free_worker_sends_for_the_next(stored: Callable[..., Image], hints: list[Hint]) -> None:
    first, second = stored(scenes.photo()), stored(scenes.plain())
    hints.clear()
    derive_hinted(str(first.pk))
    assert [args for _, args in hints if args] == [(str(second.pk),)]


@pytest.mark.slow
def test_the_first_attempt_is_short(
    stored: Callable[..., Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A decoder that needs four seconds of CPU time for a small picture."""
    image = stored()
    monkeypatch.setattr("gallery.media.decoders.process.PROGRAM", "tests.media.programs.slow")
    derive()
    image.refresh_from_db()
    assert (image.state, image.error_code) == (State.STORED, TooExpensive.code)
    Image.objects.update(next_attempt_at=Now())
    derive()
    image.refresh_from_db()
    assert image.state == State.DERIVED


@pytest.mark.parametrize("error", [DecoderCrash, TooExpensive])
def test_another_upload_of_a_suspect_is_one(
    error: Any, stored: Callable[..., Image], ann: User, bob: User
) -> None:
    stored(owner=ann)
    Image.objects.update(state=State.QUARANTINED, attempts=3, error_code=error.code)
    again = stored(owner=bob)
    assert (again.state, again.attempts) == (State.STORED, 2)


def test_another_upload_of_a_good_picture_is_new(
    derived: Callable[..., Image], stored: Callable[..., Image], ann: User, bob: User
) -> None:
    derived(owner=ann)
    assert stored(owner=bob).attempts == 0


def test_a_retried_suspect_has_one_attempt(stored: Callable[..., Image], ann: User) -> None:
    image = stored(owner=ann)
    for start in (lambda: change.retry(image), lambda: accept([scenes.photo()], owner=ann)):
        Image.objects.update(state=State.QUARANTINED, attempts=3, error_code=TooExpensive.code)
        start()
        image.refresh_from_db()
        assert (image.state, image.attempts, image.error) == (State.STORED, 2, None)


def test_a_retried_failure_starts_afresh(ann: User) -> None:
    image = make_image(ann, state=State.FAILED, attempts=1, error_code="corrupt_image")
    change.retry(image)
    image.refresh_from_db()
    assert image.attempts == 0
