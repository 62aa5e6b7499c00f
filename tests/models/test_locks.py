"""Locks that are held by another session of the database."""

from __future__ import annotations

import threading

import pytest

from gallery.models.locks import Lock, if_free, waiting_for
from tests.other_session import held_elsewhere

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_held_lock_is_not_free() -> None:
    with held_elsewhere(Lock.BUILD_INDEX):
        with if_free(Lock.BUILD_INDEX) as is_free:
            assert not is_free
        with if_free(Lock.DROP_SPACE) as is_free:
            assert is_free
    with if_free(Lock.BUILD_INDEX) as is_free:
        assert is_free


def test_a_lock_is_released_after_an_error() -> None:
    for lock in (waiting_for, if_free):
        with pytest.raises(ZeroDivisionError), lock(Lock.BUILD_INDEX):
            raise ZeroDivisionError
    with held_elsewhere(Lock.BUILD_INDEX):
        pass


def test_waiting_ends_with_the_other_session() -> None:
    with held_elsewhere(Lock.LOAD_ENCODER) as may_end:
        ending = threading.Timer(0.3, may_end.set)
        ending.start()
        with waiting_for(Lock.LOAD_ENCODER):
            assert may_end.is_set()
        ending.join()
