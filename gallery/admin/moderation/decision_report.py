"""What the admin says after a decision of a moderator: what became of which pictures, and Undo."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.contrib import messages
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from gallery.models import Image, ModerationAction
from gallery.models.moderation.states import STATE_AFTER

# Names in one message.
_MOST_NAMES = 3


def report(
    request: HttpRequest, action: ModerationAction, decided: Collection[uuid.UUID], unchanged: int
) -> None:
    if decided:
        messages.success(request, _message(request, action, decided))
    if unchanged:
        text = gettext("%(n)d not changed: the decision does not fit their state.")
        messages.warning(request, text % {"n": unchanged})


def report_undone(request: HttpRequest, undone: int, unchanged: int) -> None:
    if undone:
        messages.info(request, gettext("Undone."))
    if unchanged:
        messages.warning(request, gettext("Something else was decided since."))


def _message(
    request: HttpRequest, action: ModerationAction, decided: Collection[uuid.UUID]
) -> SafeString:
    images = Image.objects.filter(pk__in=decided).select_related("owner").order_by("created_at")
    context = {
        "text": _counted(action, len(decided)),
        "named": images[:_MOST_NAMES],
        "more": len(decided) > _MOST_NAMES,
        "keys": decided,
        "after": STATE_AFTER[action],
        "queue": request.POST.get("queue", ""),
        "from": request.POST.get("from", ""),
    }
    return render_to_string("admin/gallery/moderationdecision/decided.html", context, request)


def _counted(action: ModerationAction, n: int) -> str:
    texts = {
        ModerationAction.APPROVE: ngettext("%(n)d picture approved", "%(n)d pictures approved", n),
        ModerationAction.REJECT: ngettext("%(n)d picture rejected", "%(n)d pictures rejected", n),
        ModerationAction.BLOCK: ngettext("%(n)d picture blocked", "%(n)d pictures blocked", n),
        ModerationAction.RESTORE: ngettext("%(n)d picture restored", "%(n)d pictures restored", n),
    }
    return texts[action] % {"n": n}
