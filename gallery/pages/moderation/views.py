"""The owner's note to the moderators."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gallery.core.errors import InvalidInput
from gallery.curation.moderation import appeals
from gallery.models import Image
from gallery.pages import picture
from gallery.pages.access import members_only
from gallery.pages.errors.messages import message_for


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def appeal(request: HttpRequest, image_id: uuid.UUID) -> HttpResponse:
    """A change of language, and Forward, open this address without the form."""
    if request.method != "POST":
        return redirect("picture", image_id)
    own = Image.objects.visible_to(request.user).filter(owner=request.user.pk)
    image: Image = get_object_or_404(own.select_related("owner"), pk=image_id)
    text = request.POST.get("text", "")
    try:
        appeals.send(image, text)
    except InvalidInput as error:
        return picture.page(
            request, image, status=error.status, appeal_typed=text, appeal_error=message_for(error)
        )
    messages.success(request, _("Your note was sent to the moderators."))
    return redirect("picture", image_id)
