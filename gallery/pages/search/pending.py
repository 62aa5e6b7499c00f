"""The notice about pictures that searches do not find by their meaning yet."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext

from gallery.models import Image, User
from gallery.search.paging import totals


def pending_notice(count: int) -> str:
    """Empty without such pictures."""
    if not count:
        return ""
    number = number_format(count, force_grouping=True)
    if count >= totals.MOST_PENDING:
        text = gettext(
            "At least %(number)s pictures are still being processed and not yet found by meaning."
        )
    else:
        text = ngettext(
            "%(number)s picture is still being processed and not yet found by meaning.",
            "%(number)s pictures are still being processed and not yet found by meaning.",
            count,
        )
    return text % {"number": number}


def present_notice(user: User) -> str:
    return pending_notice(totals.pending(Image.objects.visible_to(user)).count())
