"""Uploading: with scripts one request per file, without them one form for all."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gallery.core.config import config
from gallery.core.errors import EmptyFile, InvalidInput
from gallery.core.size_limits import file_too_large, format_size
from gallery.core.upload_cap import refused_files
from gallery.models import Image, User
from gallery.pages.access import uploaders_only
from gallery.pages.batch import Outcome, describe, keep, kept, refusal, take, take_each
from gallery.pages.errors import prefers_json
from gallery.pages.forms import UploadForm
from gallery.pages.words import words

# Addresses have to fit into one request line (4,094 bytes in gunicorn).
MOST_ASKED = 90


@require_http_methods(["GET", "HEAD", "POST"])
@uploaders_only
def upload(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None, user=request.user)
    too_large = refused_files(request) if request.method == "POST" else []
    if request.method == "POST" and prefers_json(request):
        return _take_one(request, form)
    # Files that were dropped while they came are no reason to ask for files.
    form.fields["pictures"].required = not too_large
    if request.method == "POST" and form.is_valid():
        files, visibility = form.cleaned_data["pictures"], form.cleaned_data["visibility"]
        outcomes = take_each(files, user=request.user, visibility=visibility)
        outcomes += [refusal(name, file_too_large()) for name in too_large]
        return redirect("upload-batch", keep(request.session, outcomes))
    context = {
        "form": form,
        "max_file_size": config().max_file_size,
        "max_size_text": format_size(config().max_file_size),
        "most_asked": MOST_ASKED,
    }
    return render(request, "gallery/upload/page.html", context)


@require_safe
@never_cache
@uploaders_only
def status(request: HttpRequest) -> JsonResponse:
    """Where the pictures of ``?ids=a,b,…`` stand; those that are gone are left out."""
    found = _progress(_ids(request.GET.get("ids", "")), request.user)
    return JsonResponse({"images": list(found.values())})


@require_safe
@never_cache
@uploaders_only
def batch(request: HttpRequest, key: str) -> HttpResponse:
    outcomes = kept(request.session, key)
    found = _progress([outcome["id"] for outcome in outcomes if outcome["id"]], request.user)
    rows = [_row(outcome, found.get(outcome["id"])) for outcome in outcomes]
    waiting = any(row["progress"] and not row["progress"]["settled"] for row in rows)
    return render(request, "gallery/upload/batch.html", {"rows": rows, "waiting": waiting})


def _take_one(request: HttpRequest, form: UploadForm) -> JsonResponse:
    if refused_files(request):
        raise file_too_large()
    if not form.is_valid():
        raise EmptyFile("Choose a picture first.")
    file, visibility = form.cleaned_data["pictures"][0], form.cleaned_data["visibility"]
    accepted = take(file, user=request.user, visibility=visibility)
    body = {**describe(accepted.image), "created": accepted.created}
    return JsonResponse(body, status=201 if accepted.created else 200)


def _ids(text: str) -> list[str]:
    words = [word for word in text.split(",") if word][:MOST_ASKED]
    if not all(_is_uuid(word) for word in words):
        raise InvalidInput(gettext_noop("This page address cannot be read."))
    return words


def _is_uuid(word: str) -> bool:
    try:
        uuid.UUID(word)
    except ValueError:
        return False
    return True


def _progress(ids: list[str], user: User) -> dict[str, dict[str, Any]]:
    images = Image.objects.visible_to(user).filter(pk__in=ids).defer("exif")
    return {str(image.pk): describe(image) for image in images}


def _row(outcome: Outcome, progress: dict[str, Any] | None) -> dict[str, Any]:
    refused = outcome["code"] and words(
        outcome["code"], outcome["message"], {"limit": outcome["limit"]}
    )
    return {**outcome, "refused": refused, "progress": progress}
