"""Decisions of moderators while other transactions hold locks."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction

from gallery.curation.moderation.decide import decide
from gallery.curation.moderation.undo import undo
from gallery.models import Image, ModerationAction
from gallery.models.locks import Lock
from tests.builders import make_image, make_user
from tests.other_session import held_elsewhere, wait_until, waiting_sessions

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def impatient(db: None) -> Iterator[None]:
    """Statements that wait for a lock of another session fail."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '1s'")
        yield
        cursor.execute("RESET lock_timeout")


def test_hiding_and_its_undo_need_no_lists(owner: User, curator: User, impatient: None) -> None:
    """An upload reads the lists of hashes at the same time."""
    image = make_image(owner)
    with held_elsewhere(Lock.LISTED_BYTES):
        assert decide([image.pk], ModerationAction.REJECT, user=curator) == [image.pk]
        assert undo([image.pk], user=curator) == [image.pk]


def block(image: Image, user: User) -> None:
    try:
        decide([image.pk], ModerationAction.BLOCK, user=user)
    finally:
        connection.close()


def test_copies_are_locked_in_one_order(owner: User, curator: User) -> None:
    """Somebody who hides both pictures has got the first, and waits for the second."""
    first, second = (
        make_image(person, id=uuid.UUID(int=number), sha256="a" * 64)
        for number, person in enumerate((owner, make_user("other")), 1)
    )
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Image.objects.select_for_update().get(pk=first.pk)
            blocking: Future[None] = pool.submit(block, second, curator)
            wait_until(lambda: waiting_sessions() == 1)
            Image.objects.select_for_update(nowait=True).get(pk=second.pk)
        blocking.result(30)
    assert set(Image.objects.values_list("moderation", flat=True)) == {"blocked"}
