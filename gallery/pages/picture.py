"""The page of one picture, and the actions of its owner: edit, delete, retry."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.forms import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gallery.core.config import config
from gallery.core.request_origin import is_own_request
from gallery.curation.near_duplicates.groups import count_with
from gallery.ingest import change, downloads
from gallery.models import Image, ImportJob, State, User
from gallery.pages.access import readers_only
from gallery.pages.browse import adjacent_pictures
from gallery.pages.errors.advice import advice
from gallery.pages.errors.messages import error_message
from gallery.pages.forms import EditForm
from gallery.pages.moderation.section import moderation_section
from gallery.pages.requests.tokens import accepts_token
from gallery.pages.tags.section import section_of
from gallery.recommendations.activity.reactions import reaction_to
from gallery.recommendations.activity.record import record_view
from gallery.search import engine
from gallery.search.query import Hit, similar_to

_MAX_SIMILAR = 12


@accepts_token
@readers_only
def show(request: HttpRequest, image_id: uuid.UUID) -> HttpResponse:
    visible = Image.objects.visible_to(request.user).select_related("owner")
    image = get_object_or_404(visible, pk=image_id)
    is_person = request.method == "GET" and "Authorization" not in request.headers
    if image.state == State.READY and is_person and is_own_request(request):
        record_view(request.user, image.pk)
    return page(request, image)


def page(
    request: HttpRequest,
    image: Image,
    *,
    status: int = 200,
    appeal_typed: str = "",
    appeal_error: str = "",
    **tag_error: str,
) -> HttpResponse:
    """``tag_error`` are ``typed`` and ``error`` of a tag that could not be added, and the others
    those of a note to the moderators that could not be sent.
    """
    user = request.user
    is_changeable = Image.objects.changeable_by(user).filter(pk=image.pk).exists()
    context: dict[str, Any] = {
        "image": image,
        "import": _import_of(image, user),
        "similar": _similar(image, user),
        "changeable": is_changeable,
        "tags": section_of(image, user, changeable=is_changeable, **tag_error),
        "moderation": moderation_section(image, user, typed=appeal_typed, error=appeal_error),
        "near_duplicates": count_with(image, user) if is_changeable else 0,
        "problem": error_message(image.error_code, image.error_message) if image.error_code else "",
        "advice": advice(image.error_code),
        "others_get_original": config().strangers_get == "original",
        "offers_download": downloads.is_offered(image, user),
        "reaction": reaction_to(image, user),
        "waiting": image.state in (State.STORED, State.DERIVED),
    }
    if "order" in request.GET:  # the person comes from the gallery in this order
        context["adjacent"] = adjacent_pictures(image, request.GET["order"], user)
    return render(request, "gallery/picture/page.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@readers_only
def edit(request: HttpRequest, image_id: uuid.UUID) -> HttpResponse:
    image = changeable(request, image_id)
    form = EditForm(request.POST or None, initial=model_to_dict(image, EditForm.base_fields))
    if request.method == "POST" and form.is_valid():
        change.edit(image, **form.cleaned_data)
        messages.success(request, _("Your changes are saved."))
        return redirect("picture", image_id)
    return render(request, "gallery/picture/edit.html", {"image": image, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@readers_only
def delete(request: HttpRequest, image_id: uuid.UUID) -> HttpResponse:
    image = changeable(request, image_id)
    if request.method == "POST":
        change.delete(Image.objects.changeable_by(request.user).filter(pk=image.pk))
        messages.success(request, _("Picture deleted."))
        return redirect("gallery")
    return render(request, "gallery/picture/delete.html", {"image": image})


@require_POST
@readers_only
def retry(request: HttpRequest, image_id: uuid.UUID) -> HttpResponse:
    image = changeable(request, image_id)
    change.retry(Image.objects.changeable_by(request.user).filter(pk=image.pk))
    return redirect("picture", image_id)


def changeable(request: HttpRequest, image_id: uuid.UUID) -> Image:
    """Raises ``Http404`` for a picture that the person may not change."""
    image: Image = get_object_or_404(Image.objects.changeable_by(request.user), pk=image_id)
    return image


def _import_of(image: Image, user: User) -> ImportJob | None:
    """The import that added the picture, if it is the reader's."""
    if image.import_id is None:
        return None
    return ImportJob.objects.of(user).filter(pk=image.import_id).first()


def _similar(image: Image, user: User) -> list[Hit]:
    """Most similar first; empty while the picture has no vector."""
    if not image.embeddings.filter(space__active=True).exists():
        return []
    return engine.search(similar_to(image.pk, limit=_MAX_SIMILAR), user).hits
