"""What happens to an upload before anybody has seen it: refused, held, or nothing."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from gallery.core.config import config
from gallery.core.errors import PictureBlocked
from gallery.models import (
    HashListEntry,
    Image,
    Moderation,
    ModerationAction,
    ModerationDecision,
    ModerationRule,
    ModerationSource,
    UploadReview,
    User,
)
from gallery.models.locks import Lock, share_in_transaction
from gallery.models.moderation import reasons
from gallery.models.moderation.reasons import ModerationReason
from gallery.models.moderation.states import is_trusted


def refuse_blocked(sha256: str, owner: User | None) -> None:
    """Raises ``PictureBlocked`` for bytes that are blocked, by a list or by a decision about a
    picture, unless the owner has a visible picture of them: a moderator has allowed that one."""
    is_listed = HashListEntry.objects.of_bytes(sha256).filter(action=ModerationAction.BLOCK)
    if not (is_listed.exists() or _is_blocked(sha256)):
        return
    visible = Image.objects.filter(sha256=sha256, moderation=Moderation.VISIBLE)
    if not visible.filter(owner=owner).exists():
        raise PictureBlocked("This picture is not accepted here.")


def _is_blocked(sha256: str) -> bool:
    """Whether a picture of these bytes is blocked, and no moderator has made one visible since."""
    copies = Image.objects.filter(sha256=sha256)
    if not copies.filter(moderation=Moderation.BLOCKED).exists():
        return False
    allows = Q(source=ModerationSource.PERSON, after=Moderation.VISIBLE)
    rows = ModerationDecision.objects.filter(image__in=copies)
    decisive = rows.filter(allows | Q(action=ModerationAction.BLOCK)).order_by("-pk")
    newest = decisive.values_list("action", flat=True).first()
    return newest is None or newest == ModerationAction.BLOCK


def hold(image: Image) -> None:
    """Hold, hide or block a new picture if its bytes are on a list, if its uploads are reviewed, or
    until the rules are applied to it.

    Call it in the transaction that creates the picture.
    """
    share_in_transaction(Lock.LISTED_BYTES)
    entry = HashListEntry.objects.of_bytes(image.sha256).first()
    new_reasons = []
    if _waits_for_rules(image.owner):
        new_reasons.append(
            ModerationReason(
                image_id=image.pk, source=ModerationSource.CHECK, action=ModerationAction.HOLD
            )
        )
    if entry is not None:
        new_reasons.append(reasons.listed(image.pk, entry))
    if (group := _reviewed_group(image.owner)) is not None:
        new_reasons.append(
            ModerationReason(
                image_id=image.pk,
                source=ModerationSource.UPLOAD,
                action=ModerationAction.HOLD,
                detail=group,
            )
        )
    if new_reasons:
        reasons.note(new_reasons)
        image.refresh_from_db(fields=["moderation", "updated_at"])


def _waits_for_rules(owner: User | None) -> bool:
    """A rule without a scoring of its tag is not applied, as in a gallery of few pictures."""
    hiding = (ModerationAction.HIDE, ModerationAction.BLOCK)
    rules = ModerationRule.objects.filter(action__in=hiding, tag__scorings__isnull=False)
    return rules.exists() and not (owner is not None and is_trusted(owner))


def _reviewed_group(owner: User | None) -> str | None:
    """The name of the group whose uploads are held, "" for visitors; None for uploads that are
    not held."""
    if owner is None or isinstance(owner, AnonymousUser):
        return "" if config().hold_anonymous_uploads else None
    group = UploadReview.group_that_holds(owner)
    return None if group is None else group.name
