"""Repeated requests: a write with an ``Idempotency-Key`` is done once, and its answer kept.

The key is locked while its request is answered, and the answer is stored by the transaction of the
write. So a process that is killed leaves both or neither, and no key stays occupied.
"""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta

from django.db import connection
from django.db.models.functions import Now

from gallery.core import visitor
from gallery.core.errors import BadIdempotencyKey, IdempotencyKeyReused, RequestInProgress
from gallery.models import StoredAnswer, User
from gallery.models.locks import Lock, hold_if_free

KEPT = timedelta(hours=24)
# Per person, and for all visitors together.
MOST_ANSWERS = 10_000
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


def digest_of(key: str, user: User) -> str:
    """Names a key of this person. Raises ``BadIdempotencyKey``.

    The draft of the IETF has the key in quotation marks, and many programs send it without.
    """
    is_quoted = len(key) > 1 and key[0] == key[-1] == '"'
    text = key[1:-1] if is_quoted else key
    if not _KEY.fullmatch(text):
        raise BadIdempotencyKey("An Idempotency-Key has 1 to 255 visible ASCII characters.")
    return hashlib.sha256(f"{visitor.name_of(user)}\n{text}".encode()).hexdigest()


def lock_key(digest: str, request_digest: str) -> StoredAnswer | None:
    """Lock the key until the transaction ends, and return the answer to an earlier request with it.

    Raises ``RequestInProgress`` and ``IdempotencyKeyReused``.
    """
    if not hold_if_free(Lock.IDEMPOTENCY_KEY, int(digest[:8], 16)):
        raise RequestInProgress("The first request with this Idempotency-Key is still answered.")
    recent = StoredAnswer.objects.filter(created_at__gt=Now() - KEPT)
    answer: StoredAnswer | None = recent.filter(pk=digest).first()
    if answer is not None and answer.request_digest != request_digest:
        raise IdempotencyKeyReused("Another request was sent with this Idempotency-Key.")
    return answer


def store(answer: StoredAnswer) -> None:
    """In the transaction of ``lock_key``. Replaces one that is too old."""
    StoredAnswer.objects.filter(pk=answer.pk).delete()
    answer.save(force_insert=True)


def delete_old() -> None:
    """Delete answers that are too old, or beyond the newest ones of a person."""
    with connection.cursor() as cursor:
        cursor.execute(_DELETE, [MOST_ANSWERS, KEPT.total_seconds()])


_DELETE = """
DELETE FROM gallery_storedanswer WHERE digest IN (
    SELECT digest FROM (
        SELECT digest, created_at, row_number() OVER (
            PARTITION BY user_id ORDER BY created_at DESC, digest
        ) AS place FROM gallery_storedanswer
    ) AS answers WHERE place > %s OR created_at < now() - make_interval(secs => %s)
)
"""
