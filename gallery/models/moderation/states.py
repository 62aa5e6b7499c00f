"""What moderation made of an image, and who moderates."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.utils.translation import gettext_lazy as _

MODERATE = "gallery.moderate_images"
UPLOAD_UNCHECKED = "gallery.upload_unchecked"


class Moderation(models.TextChoices):
    """``HELD`` and ``HIDDEN`` images are for their owner and moderators, ``BLOCKED`` ones for
    moderators alone."""

    VISIBLE = "visible", _("visible")
    HELD = "held", _("held for review")
    HIDDEN = "hidden", _("hidden")
    BLOCKED = "blocked", _("blocked")


SEVERITY = list(Moderation)


class ModerationAction(models.TextChoices):
    """Rules, lists and groups hold, hide and block; people approve, reject, block and restore."""

    HOLD = "hold", _("needs review")
    HIDE = "hide", _("hide")
    BLOCK = "block", _("block")
    APPROVE = "approve", _("approve")
    REJECT = "reject", _("reject")
    RESTORE = "restore", _("restore")


AUTOMATIC_ACTIONS = (ModerationAction.HOLD, ModerationAction.HIDE, ModerationAction.BLOCK)
AUTOMATIC_CHOICES = [(action.value, action.label) for action in AUTOMATIC_ACTIONS]
STATE_AFTER = {
    ModerationAction.HOLD: Moderation.HELD,
    ModerationAction.HIDE: Moderation.HIDDEN,
    ModerationAction.BLOCK: Moderation.BLOCKED,
    ModerationAction.APPROVE: Moderation.VISIBLE,
    ModerationAction.REJECT: Moderation.HIDDEN,
    ModerationAction.RESTORE: Moderation.VISIBLE,
}


def is_moderator(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Only staff moderate, so that no statement is needed for other people."""
    if not getattr(user, "is_staff", False):
        return bool(getattr(user, "is_superuser", False))
    return bool(user.has_perm(MODERATE))  # type: ignore[union-attr]


def is_trusted(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Others see this person's uploads before the rules are applied to them."""
    return is_moderator(user) or bool(user.has_perm(UPLOAD_UNCHECKED))  # type: ignore[union-attr]
