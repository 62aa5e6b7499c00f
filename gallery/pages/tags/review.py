"""The page on which a person decides about many suggestions of one tag."""

from __future__ import annotations

import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gallery.core.errors import InvalidInput
from gallery.curation.tags import decide, vocabulary
from gallery.models import Image, ImageTag, Tag, TagState
from gallery.pages.access import members_only
from gallery.pages.tags.open_suggestions import (
    forget_suggestions,
    open_suggestions,
    open_tags,
)

# Pictures on one page, the best suggestions first.
_SHOWN = 60
_DECISIONS = {"approve": TagState.APPROVED, "reject": TagState.REJECTED}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@members_only
def review(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        tag = _tag(request, request.GET["tag"]) if "tag" in request.GET else None
        return _page(request, tag, is_selected=request.GET.get("selected") != "none")
    return _decided(request, _tag(request, request.POST.get("tag", "")))


def _decided(request: HttpRequest, tag: Tag) -> HttpResponse:
    decision = request.POST.get("decision", "")
    if decision not in (*_DECISIONS, "withdraw"):
        raise InvalidInput("The decision must be approve, reject or withdraw.")
    keys = _keys(request.POST.getlist("image"))
    if not keys:
        return _page(request, tag, error=_("Select at least one picture."), status=400)
    # Taken out, and to be decided about later: they are not selected again.
    left = [key for key in _keys(request.POST.getlist("shown")) if key not in keys]
    if decision == "withdraw":
        undone = _withdraw(request, tag, keys)
        messages.info(request, _("Undone.") if undone else _("Someone else has decided since."))
    else:
        _decide(request, tag, keys, decision, left)
    forget_suggestions()
    address = urlencode({"tag": tag.pk, "left": [key.hex for key in left]}, doseq=True)
    return redirect(f"{reverse('review-tags')}?{address}")


def _page(
    request: HttpRequest,
    tag: Tag | None,
    *,
    is_selected: bool = False,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    """The best suggestions of the tag, or of the tag with most of them."""
    tags = open_tags(request.user)
    chosen = tag or (tags[0].tag if tags else None)
    rows = open_suggestions(request.user).filter(tag=chosen).select_related("image")
    images = [row.image for row in rows.order_by("-score", "image_id")[:_SHOWN]]
    left = _keys(request.GET.getlist("left"))
    context = {
        "tags": tags,
        "chosen": chosen,
        "images": images,
        "total": next((each.count for each in tags if each.tag == chosen), 0),
        "selected": {image.pk for image in images if is_selected and image.pk not in left},
        "error": error,
    }
    return render(request, "gallery/tags/review.html", context, status=status)


def _decide(
    request: HttpRequest,
    tag: Tag,
    keys: list[uuid.UUID],
    decision: str,
    left: list[uuid.UUID],
) -> None:
    rows = open_suggestions(request.user).filter(tag=tag, image__in=keys)
    decided = list(rows.values_list("image_id", flat=True))
    count = decide.decide(rows, _DECISIONS[decision], user=request.user)
    context = {"tag": tag, "decision": decision, "count": count, "images": decided, "left": left}
    messages.success(request, render_to_string("gallery/tags/reviewed.html", context, request))


def _withdraw(request: HttpRequest, tag: Tag, keys: list[uuid.UUID]) -> int:
    """Undo what this person decided, where nobody has changed it since; on how many pictures."""
    changeable = Image.objects.changeable_by(request.user).filter(pk__in=keys)
    own = ImageTag.objects.filter(image__in=changeable, decided_by=request.user.pk)
    return decide.withdraw_all(own, tag)


def _tag(request: HttpRequest, text: str) -> Tag:
    if not text.isdecimal() or len(text) > 9:
        raise InvalidInput("The tag must be given by its number.", parameter="tag")
    return get_object_or_404(vocabulary.known_to(request.user), pk=int(text))


def _keys(texts: list[str]) -> list[uuid.UUID]:
    if len(texts) > _SHOWN:
        raise InvalidInput(f"Send at most {_SHOWN} pictures.")
    try:
        return [uuid.UUID(text) for text in texts]
    except ValueError as error:
        raise InvalidInput("A picture must be given by its key.", parameter="image") from error
