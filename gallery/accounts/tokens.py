"""API tokens of an account: creation, last use, the owner's list."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from knox.models import get_token_model

from gallery.accounts import scopes as scope_rules
from gallery.accounts import token_limits
from gallery.core.errors import NotFound
from gallery.models import TokenGrant, TokenUse, User

MAX_NAME = 100
# The last use is written at most this often, so that most requests write nothing.
_USE_PRECISION = timedelta(minutes=5)


def default_expiry() -> datetime | None:
    """When a token that is created now expires if nobody chooses; None: never."""
    lifetime: timedelta | None = settings.REST_KNOX["TOKEN_TTL"]
    if lifetime is None:
        return None
    return timezone.now() + min(lifetime, token_limits.MAX_LIFETIME)


def create(
    user: User,
    *,
    expiry: datetime | None,
    name: str = "",
    scopes: Collection[str] | None = None,
) -> tuple[TokenGrant, str]:
    """The new grant with its token, and the token itself, which is not stored.

    ``user`` was authenticated a moment ago. Raises ``NotFound`` if the password has changed since
    then: the change has deleted all tokens, and a token created now would survive it. ``scopes``
    are by default all that the person may have. Raises ``InvalidInput`` for other ones and for an
    ``expiry`` that is too late, and ``TooManyTokens``.
    """
    token_limits.check_expiry(expiry)
    granted = (
        scope_rules.available_to(user) if scopes is None else scope_rules.checked(scopes, user)
    )
    person = cast(Any, user)
    unchanged = get_user_model()._default_manager.filter(pk=person.pk, password=person.password)
    with transaction.atomic():
        if unchanged.select_for_update().values_list("pk").first() is None:
            raise NotFound("The password of this account has changed.")
        token_limits.make_room(user)
        # Knox takes a duration here, so that the moment would not be the one that was chosen.
        row, token = get_token_model().objects.create(user=user, expiry=None)
        row.expiry = expiry
        row.save(update_fields=["expiry"])
        grant = TokenGrant.objects.create(token=row, name=name, scopes=granted)
    return grant, token


def note_use(token: Any) -> None:
    """Store that the token is used now. Raises ``NotFound`` if it was deleted a moment ago."""
    now = timezone.now()
    if hasattr(token, "use") and token.use.used_at > now - _USE_PRECISION:
        return
    try:
        with transaction.atomic():
            TokenUse.objects.bulk_create(
                [TokenUse(token=token, used_at=now)],
                update_conflicts=True,
                unique_fields=["token"],
                update_fields=["used_at"],
            )
    except IntegrityError:
        raise NotFound("This token no longer exists.") from None


def tokens_of(user: User) -> QuerySet[TokenGrant]:
    """The grants of the account, newest first; each with its ``token`` and, if used, its use."""
    grants = TokenGrant.objects.filter(token__user=cast(Any, user)).select_related("token__use")
    return grants.order_by("-token__created", "pk")


def revoke(user: User, grant_id: uuid.UUID | str) -> None:
    """Delete a token of the account. Raises ``NotFound`` for other tokens, also of other people."""
    try:
        rows = get_token_model().objects.filter(user=user, grant=uuid.UUID(str(grant_id)))
    except ValueError:
        raise NotFound("There is no such token.") from None
    deleted, _rows = rows.delete()
    if not deleted:
        raise NotFound("There is no such token.")


def is_expired(expiry: datetime | None) -> bool:
    return expiry is not None and expiry <= timezone.now()
