"""PostgreSQL advisory locks, for work that takes several transactions and one process at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

from django.db import connection, transaction


class Lock(IntEnum):
    """One number for each kind of work, among all advisory locks of the database."""

    CHOOSE_ENCODER = 0x5EA2C4
    BUILD_INDEX = 0x5EA6C4
    DROP_SPACE = 0x5EA7D0
    LOAD_ENCODER = 0x5EA8E0
    CALIBRATE_RELEVANCE = 0x5EA9F0
    READ_FACTS = 0x5EAAF1
    BACKUP = 0x5EABF2
    # Shared by those who remove or move files of the gallery; a backup holds it alone.
    REMOVE_FILES = 0x5EACF3
    MIGRATE = 0x5EAB02
    CLAIM_PICTURE = 0x5EADF4
    SUGGEST = 0x5EAEF5
    LLM_BUDGET = 0x5EAFF6
    FIND_NEAR_DUPLICATES = 0x5EAF01
    BUILD_INTERESTS = 0x5EB7A5
    UPDATE_MAP = 0x5EBAD8
    FIT_UMAP = 0x5EBBD9
    IMPORT = 0x5EBBE1
    EXPORT = 0x5EBBE9
    CHECK_INTEGRITY = 0x5EBCDA
    # Shared by uploads while they read the lists of hashes; held alone by those who add entries.
    LISTED_BYTES = 0x5EB8B6
    # The same for the perceptual hashes of pictures that are processed.
    LISTED_HASHES = 0x5EB9C7
    # With a number for each key.
    IDEMPOTENCY_KEY = 0x5EBAC9


@contextmanager
def waiting_for(lock: Lock) -> Iterator[None]:
    """Hold the lock in this block; wait until another session has released it.

    The session holds the lock, not a transaction, so the block may take minutes. PostgreSQL
    releases it when the process dies.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [lock])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [lock])


@contextmanager
def transaction_with(lock: Lock) -> Iterator[None]:
    """Wait for the lock, and hold it in a transaction around this block.

    Unlike a lock of the session, it works behind a transaction pooler.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])
        yield


@contextmanager
def shared_if_free(lock: Lock) -> Iterator[bool]:
    """Share the lock in this block with others that call this; give False if a session holds it
    alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock_shared(%s)", [lock])
        (is_held,) = cursor.fetchone() or (False,)
        try:
            yield bool(is_held)
        finally:
            if is_held:
                cursor.execute("SELECT pg_advisory_unlock_shared(%s)", [lock])


@contextmanager
def if_free(lock: Lock) -> Iterator[bool]:
    """Like ``waiting_for``, but give False instead of waiting if another session holds the lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [lock])
        (is_held,) = cursor.fetchone() or (False,)
        try:
            yield bool(is_held)
        finally:
            if is_held:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [lock])


def hold_in_transaction(lock: Lock) -> None:
    """Hold the lock until the transaction ends; wait for the transactions that share it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])


def share_in_transaction(lock: Lock) -> None:
    """Share the lock until the transaction ends; wait for the one that holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [lock])


def hold_if_free(lock: Lock, number: int) -> bool:
    """Hold the lock of this number, of 32 bits, until the transaction ends; False if another
    session has it."""
    with connection.cursor() as cursor:
        # PostgreSQL takes signed numbers.
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [lock, number - (1 << 31)])
        (is_held,) = cursor.fetchone() or (False,)
        return bool(is_held)
