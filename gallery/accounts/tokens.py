"""API tokens of an account: creation, last use, the owner's list."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from knox.models import get_token_model

from gallery.core.errors import NotFound
from gallery.models import TokenUse, User

# The last use is written at most this often, so that a read stays a read.
_PRECISION = timedelta(minutes=5)


def lifetime() -> timedelta | None:
    """Of new tokens; None for ever."""
    return settings.REST_KNOX["TOKEN_TTL"]


def create(user: AbstractBaseUser, *, expiry: timedelta | None) -> tuple[Any, str]:
    """The row and the token, which is not stored. ``user`` was authenticated a moment ago.

    Raises ``NotFound`` if the password has changed since: the change has revoked all tokens.
    """
    users = type(user)._default_manager.filter(pk=user.pk, password=user.password)
    with transaction.atomic():
        if users.select_for_update().values_list("pk").first() is None:
            raise NotFound("The password of this account has changed.")
        row, token = get_token_model().objects.create(user=user, expiry=expiry)
    return row, token


def note_use(token: Any) -> None:
    """Raises ``NotFound`` if the token was deleted a moment ago."""
    now = timezone.now()
    if hasattr(token, "use") and token.use.used_at > now - _PRECISION:
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


def tokens_of(user: User) -> QuerySet[Any]:
    """Newest first; each with its ``use``, if it was used."""
    tokens = get_token_model().objects.filter(user=user).select_related("use")
    return cast("QuerySet[Any]", tokens.order_by("-created", "digest"))


def revoke(user: User, digest: str) -> None:
    """Raises ``NotFound``, also for tokens of others."""
    deleted, _rows = get_token_model().objects.filter(user=user, digest=digest).delete()
    if not deleted:
        raise NotFound("There is no such token.")


def is_expired(expiry: datetime | None) -> bool:
    return expiry is not None and expiry <= timezone.now()
