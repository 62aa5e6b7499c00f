"""A new password deletes the API tokens of the account. Django ends its sessions."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.db.models.signals import post_save, pre_save
from knox.models import get_token_model

log = logging.getLogger(__name__)


def connect() -> None:
    """Watch every way in which a user's row is saved: admin, commands, code."""
    pre_save.connect(_compare, sender=settings.AUTH_USER_MODEL, dispatch_uid="password-compare")
    post_save.connect(_revoke, sender=settings.AUTH_USER_MODEL, dispatch_uid="password-revoke")


def _compare(
    sender: Any, instance: Any, update_fields: Collection[str] | None = None, **_: Any
) -> None:
    if instance._state.adding or (update_fields is not None and "password" not in update_fields):
        return
    if _is_rehash(instance, update_fields):
        return
    stored = sender._default_manager.filter(pk=instance.pk).values_list("password", flat=True)
    instance._has_new_password = stored.first() not in (None, instance.password)


def _is_rehash(user: Any, update_fields: Collection[str] | None) -> bool:
    """Whether Django stores the same password again, with a newer hasher, because of a login."""
    only_password = update_fields is not None and set(update_fields) == {"password"}
    # ``_password`` has a new password as plain text until it is saved; for a rehash it is None.
    return only_password and user._password is None and user.has_usable_password()


def _revoke(instance: Any, **_: Any) -> None:
    if instance.__dict__.pop("_has_new_password", False):
        _count, rows = get_token_model().objects.filter(user=instance).delete()
        tokens = rows.get(get_token_model()._meta.label, 0)
        log.info("new password of user %s: %d tokens revoked", instance.pk, tokens)
