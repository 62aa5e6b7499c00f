"""The page on which a person keeps the best of some near-duplicates, or all."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gallery.core.errors import InvalidInput, NearDuplicatesChanged, TooManyTags
from gallery.curation.near_duplicates import decide
from gallery.curation.near_duplicates.groups import MOST_OTHERS, Group, group_with, groups_of
from gallery.models import Image
from gallery.operations.near_duplicate_removal import keep_best
from gallery.pages import picture
from gallery.pages.access import members_only
from gallery.pages.errors.messages import message_for
from gallery.pages.near_duplicates.comparison import compared
from gallery.pages.near_duplicates.open_pairs import forget_near_duplicates

# Groups on one page.
_SHOWN = 10


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@members_only
def review(request: HttpRequest) -> HttpResponse:
    """``picture`` in the address shows its group only."""
    if request.method != "POST":
        return _page(request, _groups(request))
    keys = [_key(text) for text in request.POST.getlist("image")]
    if not 2 <= len(keys) <= MOST_OTHERS + 1:
        raise InvalidInput(f"Send 2 to {MOST_OTHERS + 1} pictures.")
    try:
        answer = _decided(request, keys)
    except NearDuplicatesChanged as error:
        return _page(request, _groups(request), error=message_for(error), status=error.status)
    except TooManyTags as error:
        advice = _("Try again without giving the kept picture the tags of the others.")
        text = f"{message_for(error)} {advice}"
        return _page(request, _groups(request), error=text, status=error.status)
    forget_near_duplicates()
    return answer


def _decided(request: HttpRequest, keys: list[uuid.UUID]) -> HttpResponse:
    decision = request.POST.get("decision", "")
    if decision == "keep_best":
        return _keep_best(request, keys, _key(request.POST.get("best", "")))
    if decision == "keep_all":
        decide.keep_all(keys, user=request.user)
        context = {"images": keys}
        text = render_to_string("gallery/near_duplicates/kept.html", context, request)
        messages.success(request, text)
    elif decision == "reopen":
        decide.reopen(keys, user=request.user)
        messages.info(request, _("Undone."))
    else:
        raise InvalidInput("The decision must be keep_best, keep_all or reopen.")
    return redirect("review-near-duplicates")


def _keep_best(request: HttpRequest, keys: list[uuid.UUID], best: uuid.UUID) -> HttpResponse:
    """Asks once, because there is no way back."""
    merge = "merge" in request.POST
    if best not in keys:
        raise InvalidInput("The picture to keep must be one of the group.")
    if "confirmed" not in request.POST:
        return _confirmation(request, keys, best, merge)
    count = keep_best(best, keys, user=request.user, merge=merge)
    text = ngettext("%(n)d picture deleted.", "%(n)d pictures deleted.", count) % {"n": count}
    messages.success(request, text)
    return redirect("review-near-duplicates")


def _confirmation(
    request: HttpRequest, keys: list[uuid.UUID], best: uuid.UUID, merge: bool
) -> HttpResponse:
    images = Image.objects.changeable_by(request.user).select_related("owner").in_bulk(keys)
    if len(images) < len(set(keys)):
        raise NearDuplicatesChanged("These pictures have changed. Look at them again.")
    others = [images[key] for key in keys if key != best]
    context = {"best": images[best], "others": others, "images": keys, "merge": merge}
    return render(request, "gallery/near_duplicates/confirm.html", context)


def _groups(request: HttpRequest) -> list[Group]:
    if "picture" not in request.GET:
        return groups_of(request.user, limit=_SHOWN)
    image = picture.changeable(request, _key(request.GET["picture"]))
    group = group_with(image, request.user)
    return [group] if group else []


def _page(
    request: HttpRequest, groups: Sequence[Group], *, error: str = "", status: int = 200
) -> HttpResponse:
    context = {"groups": compared(groups), "more": len(groups) == _SHOWN, "error": error}
    return render(request, "gallery/near_duplicates/review.html", context, status=status)


def _key(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise InvalidInput("A picture must be given by its key.") from error
