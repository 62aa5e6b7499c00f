"""The decisions of a person about the tags of one picture, and why a tag is suggested for it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_safe

from gallery.core.errors import DecidedSince, InvalidInput, TooManyTags
from gallery.curation.tags import decide, vocabulary
from gallery.curation.tags.suggestions.why import reason_of
from gallery.models import Image, ImageTag, Tag, TagState, User
from gallery.models.tags.names import normalised
from gallery.pages import picture
from gallery.pages.access import readers_only
from gallery.pages.errors.messages import message_for
from gallery.pages.tags.section import section_of

# People who type them mean several tags. Keywords in files may have them.
_SEPARATORS = frozenset(",;，、；")
_ACTIONS = ("approve", "reject", "withdraw")
# What restores the state of a tag that it had before a decision.
_OPPOSITES: dict[TagState | None, str] = {TagState.APPROVED: "approve", TagState.REJECTED: "reject"}


@require_http_methods(["GET", "HEAD", "POST"])
@readers_only
def change(request: HttpRequest, image_id: uuid.UUID) -> HttpResponse:
    """One decision: ``name`` adds a tag; ``approve``, ``reject`` and ``withdraw`` have its id.

    A change of language, and Forward, open this address without the form.
    """
    if request.method != "POST":
        return redirect("picture", image_id)
    image = picture.changeable(request, image_id)
    try:
        action, tag, before = _decided(request, image)
    except DecidedSince as error:
        return _answer(request, image, message=message_for(error))
    except TooManyTags as error:
        return _answer(request, image, error=message_for(error), status=error.status)
    except InvalidInput as error:
        if error.data.get("field") != "name":
            raise
        return _answer(request, image, error=message_for(error), status=error.status)
    return _answer(request, image, message=_message(request, image, tag, action, before))


@require_safe
@readers_only
def why(request: HttpRequest, image_id: uuid.UUID, tag_id: int) -> HttpResponse:
    image = picture.changeable(request, image_id)
    row = get_object_or_404(ImageTag.objects.select_related("tag"), image=image, tag=tag_id)
    reason = reason_of(row, user=request.user)
    rows = Image.objects.visible_to(request.user).in_bulk(reason.similar)
    context = {
        "image": image,
        "tag": row.tag,
        "reason": reason,
        "threshold": reason.threshold,
        "similar": [rows[key] for key in reason.similar if key in rows],
    }
    return render(request, "gallery/tags/why.html", context)


@transaction.atomic
def _decided(request: HttpRequest, image: Image) -> tuple[str, Tag, TagState | None]:
    """What was decided about which tag, and its state before. A new name is added only if the
    picture gets it."""
    action, tag = _decision(request)
    row = ImageTag.objects.filter(image=image, tag=tag).first()
    if "undo" in request.POST:
        decide.require_newest(image, tag, user=request.user)
    _decide(image, tag, action, request.user)
    return action, tag, TagState(row.state) if row else None


def _decision(request: HttpRequest) -> tuple[str, Tag]:
    actions = [action for action in _ACTIONS if action in request.POST]
    if len(actions) == 1:
        return actions[0], _tag(request, request.POST[actions[0]])
    if actions or "name" not in request.POST:
        raise InvalidInput("Send one of name, approve, reject and withdraw.")
    name = normalised(request.POST["name"])
    if _SEPARATORS.intersection(name) and not Tag.objects.named(name).exists():
        raise InvalidInput(gettext_noop("Add one tag at a time, without commas."), field="name")
    # A word of one person need not be a good suggestion for the pictures of all.
    return "approve", vocabulary.add(name, user=request.user, is_suggested=False)


def _tag(request: HttpRequest, text: str) -> Tag:
    if not text.isdecimal() or len(text) > 9:
        raise InvalidInput("The tag must be given by its number.")
    return get_object_or_404(vocabulary.known_to(request.user), pk=int(text))


def _decide(image: Image, tag: Tag, action: str, user: User) -> None:
    if action == "approve":
        decide.approve(image, tag, user=user)
    elif action == "reject":
        decide.reject(image, tag, user=user)
    else:
        decide.withdraw(image, tag)


def _message(
    request: HttpRequest, image: Image, tag: Tag, action: str, before: TagState | None
) -> SafeString:
    opposite = "" if action == "withdraw" else _OPPOSITES.get(before, "withdraw")
    context = {
        "image": image,
        "tag": tag,
        "action": action,
        "was_tagged": before == TagState.APPROVED,
        "opposite": opposite,
        "in_place": _is_in_place(request),
    }
    return render_to_string("gallery/tags/decided.html", context, request)


def _answer(
    request: HttpRequest, image: Image, *, message: str = "", error: str = "", status: int = 200
) -> HttpResponse:
    """The section for htmx; otherwise the page, with the error or after a redirect."""
    typed = request.POST.get("name", "") if error else ""
    if _is_in_place(request):
        section = section_of(image, request.user, changeable=True, typed=typed, error=error)
        context = {"image": image, "changeable": True, "tags": section, "decided": message}
        return render(request, "gallery/tags/section.html", context, status=status)
    if error:
        return picture.page(request, image, status=status, typed=typed, error=error)
    messages.success(request, message)
    return redirect(f"{image.get_absolute_url()}{_order(request)}")


def _is_in_place(request: HttpRequest) -> bool:
    """Whether htmx replaces the section."""
    return request.headers.get("HX-Request") == "true"


def _order(request: HttpRequest) -> str:
    """The order of the gallery that the person came from, for previous and next picture."""
    return f"?{request.GET.urlencode()}" if "order" in request.GET else ""
