"""What moderation decided, in words: for the owner of a picture, and for moderators."""

from __future__ import annotations

from django import template
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from gallery.models import Image, Moderation, ModerationAction, ModerationDecision, ModerationSource

register = template.Library()

_STATES: dict[str, Promise] = {
    Moderation.HELD: _("This picture waits for review. Only its owner and the moderators see it."),
    Moderation.HIDDEN: _("This picture is hidden. Only its owner and the moderators see it."),
    Moderation.BLOCKED: _("This picture is blocked. Only moderators see it."),
}
_REASONS: dict[str, Promise] = {
    ModerationSource.HASH_LIST: _("The file is on a list of pictures that are not shown here."),
    ModerationSource.UPLOAD: _("Your uploads are reviewed before others see them."),
    ModerationSource.CHECK: _("It is compared with the rules of this site, usually for seconds."),
    ModerationSource.PERSON: _("A moderator decided this."),
}
_BUTTONS: dict[str, Promise] = {
    ModerationAction.APPROVE: _("Approve"),
    ModerationAction.REJECT: _("Reject"),
    ModerationAction.BLOCK: _("Block"),
    ModerationAction.RESTORE: _("Restore"),
}


@register.filter
def state_sentence(image: Image) -> str:
    """Empty for a picture that moderation keeps from nobody."""
    return str(_STATES.get(image.moderation, ""))


@register.filter
def owner_reason(decision: ModerationDecision) -> str:
    """Without names of lists and groups, and without figures."""
    if decision.source == ModerationSource.RULE:
        text = gettext("It may show “%(tag)s”, for which this site has a rule.")
        return text % {"tag": _tag_name(decision)}
    return str(_REASONS[decision.source])


@register.filter
def moderator_reason(decision: ModerationDecision) -> str:
    if decision.source == ModerationSource.RULE:
        text = gettext("Rule “%(tag)s”: similarity %(score)s, at least %(threshold)s")
        score, threshold = (
            number_format(value or 0, 3) for value in (decision.score, decision.threshold)
        )
        return text % {"tag": _tag_name(decision), "score": score, "threshold": threshold}
    if decision.source == ModerationSource.HASH_LIST:
        return gettext("List of hashes “%(list)s”") % {"list": decision.detail or "–"}
    if decision.source == ModerationSource.UPLOAD and decision.detail:
        return gettext("Uploads of the group “%(group)s”") % {"group": decision.detail}
    if decision.source == ModerationSource.UPLOAD:
        return gettext("Upload without a login")
    if decision.source == ModerationSource.CHECK:
        return gettext("First comparison with the rules")
    return str(decision.decided_by or gettext("a deleted account"))


@register.filter
def action_label(action: str) -> str:
    return str(_BUTTONS.get(action, ModerationAction(action).label))


def _tag_name(decision: ModerationDecision) -> str:
    tag = decision.tag
    is_chinese = (get_language() or "").startswith("zh")
    return (tag.name_zh if tag and is_chinese else "") or decision.detail
