"""The buttons Like and Dislike of a picture."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gallery.core.errors import InvalidInput
from gallery.models import Image, ReactionKind
from gallery.pages.access import members_only
from gallery.recommendations.activity import reactions

_NONE = "none"


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def react(request: HttpRequest, image_id: uuid.UUID) -> HttpResponse:
    """``reaction`` is like, dislike or none. The buttons for htmx; otherwise a redirect to where
    the person comes from.

    A change of language, and Forward, open this address without the form.
    """
    if request.method != "POST":
        return redirect("picture", image_id)
    choice = request.POST.get("reaction", "")
    if choice not in (*ReactionKind.values, _NONE):
        raise InvalidInput("The reaction must be like, dislike or none.", parameter="reaction")
    image = Image.objects.visible_to(request.user).filter(pk=image_id).first()
    if image is None:
        return _withdraw_unseen(request, image_id, choice)
    before = reactions.reaction_to(image, request.user)
    if choice == _NONE:
        reactions.withdraw(request.user, image.pk)
    else:
        reactions.react(request.user, image, ReactionKind(choice))
    from_feed = request.POST.get("from") == "for-you"
    context = {"image": image, "reaction": choice, "from_feed": from_feed}
    if request.headers.get("HX-Request") == "true":
        return render(request, "gallery/recommendations/buttons.html", context)
    context["before"] = before or _NONE
    text = render_to_string("gallery/recommendations/reacted.html", context, request)
    messages.success(request, text)
    return redirect("for-you") if from_feed else redirect("picture", image_id)


def _withdraw_unseen(request: HttpRequest, image_id: uuid.UUID, choice: str) -> HttpResponse:
    """The person may have reacted to the picture before it was hidden, and may have its page open.
    A reload would not show it, so without htmx the answer is the feed. Raises ``Http404`` if there
    is nothing to withdraw.
    """
    if choice != _NONE or not reactions.withdraw(request.user, image_id):
        raise Http404
    if request.headers.get("HX-Request") == "true":
        context = {"image": Image(pk=image_id), "reaction": _NONE}
        return render(request, "gallery/recommendations/buttons.html", context)
    messages.success(request, _("Undone."))
    return redirect("for-you")
