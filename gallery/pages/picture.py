"""The page of one picture, and the actions of its owner: edit, delete, retry."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.forms import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gallery.core.config import config
from gallery.ingest import change, downloads
from gallery.models import Image, State, User
from gallery.pages.access import readers_only
from gallery.pages.errors.messages import error_message
from gallery.pages.forms import EditForm
from gallery.search import engine
from gallery.search.query import Hit, similar_to

_MAX_SIMILAR = 12


@require_safe
@readers_only
def show(request: HttpRequest, image_id: uuid.UUID) -> HttpResponse:
    visible = Image.objects.visible_to(request.user).select_related("owner")
    image = get_object_or_404(visible, pk=image_id)
    context = {
        "image": image,
        "similar": _similar(image, request.user),
        "changeable": Image.objects.changeable_by(request.user).filter(pk=image.pk).exists(),
        "problem": error_message(image.error_code, image.error_message) if image.error_code else "",
        "others_get_original": config().strangers_get == "original",
        "offers_download": downloads.is_offered(image, request.user),
        "waiting": image.state in (State.STORED, State.DERIVED),
    }
    return render(request, "gallery/picture/page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@readers_only
def edit(request: HttpRequest, image_id: uuid.UUID) -> HttpResponse:
    image = _changeable(request, image_id)
    form = EditForm(request.POST or None, initial=model_to_dict(image, EditForm.base_fields))
    if request.method == "POST" and form.is_valid():
        change.edit(image, **form.cleaned_data)
        return redirect("picture", image_id)
    return render(request, "gallery/picture/edit.html", {"image": image, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@readers_only
def delete(request: HttpRequest, image_id: uuid.UUID) -> HttpResponse:
    image = _changeable(request, image_id)
    if request.method == "POST":
        change.delete(Image.objects.changeable_by(request.user).filter(pk=image.pk))
        messages.success(request, _("Picture deleted."))
        return redirect("gallery")
    return render(request, "gallery/picture/delete.html", {"image": image})


@require_POST
@readers_only
def retry(request: HttpRequest, image_id: uuid.UUID) -> HttpResponse:
    image = _changeable(request, image_id)
    change.retry(Image.objects.changeable_by(request.user).filter(pk=image.pk))
    return redirect("picture", image_id)


def _changeable(request: HttpRequest, image_id: uuid.UUID) -> Image:
    image: Image = get_object_or_404(Image.objects.changeable_by(request.user), pk=image_id)
    return image


def _similar(image: Image, user: User) -> list[Hit]:
    """Most similar first; empty while the picture has no vector."""
    if not image.embeddings.filter(space__active=True).exists():
        return []
    return engine.search(similar_to(image.pk, limit=_MAX_SIMILAR), user).hits
