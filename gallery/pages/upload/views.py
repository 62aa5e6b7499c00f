"""Upload pages: one request per file with JavaScript, one form for all files without."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gallery.core.config import config
from gallery.core.errors import EmptyFile, InvalidInput
from gallery.core.size_limits import file_too_large, format_size
from gallery.core.upload_cap import refused_files
from gallery.models import Image, User
from gallery.pages.access import uploaders_only
from gallery.pages.errors.advice import message_with_advice, text_for
from gallery.pages.errors.answers import prefers_json
from gallery.pages.forms import UploadForm
from gallery.pages.upload.results import (
    UploadResult,
    accept_picture_of,
    load_results,
    progress_of,
    rejected,
    save_results,
    store_file,
    store_files,
    store_url,
)

# Ids in one status request: gunicorn limits the request line to 4,094 bytes.
MAX_STATUS_IDS = 90


@require_http_methods(["GET", "HEAD", "POST"])
@uploaders_only
def upload(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None, user=request.user)
    too_large = refused_files(request) if request.method == "POST" else []
    if request.method == "POST" and prefers_json(request):
        return _store_one(request, form)
    # A form whose files were all too large is not a form without files.
    if too_large:
        form.fields["pictures"].required = False
    if request.method == "POST" and form.is_valid():
        files, visibility = form.cleaned_data["pictures"], form.cleaned_data["visibility"]
        results = store_files(files, user=request.user, visibility=visibility)
        if url := form.cleaned_data.get("url"):
            results.append(store_url(url, user=request.user, visibility=visibility))
        results += [rejected(file.name, file_too_large()) for file in too_large]
        return redirect("upload-batch", save_results(request.session, results))
    context = {
        "form": form,
        "too_large_message": text_for(file_too_large()),
        "max_file_size": config().max_file_size,
        "max_size_text": format_size(config().max_file_size),
        "max_status_ids": MAX_STATUS_IDS,
    }
    return render(request, "gallery/upload/page.html", context)


@require_safe
@never_cache
@uploaders_only
def status(request: HttpRequest) -> JsonResponse:
    """The progress of the pictures of ``?ids=a,b,…``, without those that no longer exist."""
    progress = _progress(_ids(request.GET.get("ids", "")), request.user)
    return JsonResponse({"images": list(progress.values())})


@require_safe
@never_cache
@uploaders_only
def batch(request: HttpRequest, key: str) -> HttpResponse:
    results = load_results(request.session, key)
    progress = _progress([result["id"] for result in results if result["id"]], request.user)
    rows = [_row(result, progress.get(result["id"])) for result in results]
    waiting = any(row["progress"] and not row["progress"]["settled"] for row in rows)
    return render(request, "gallery/upload/batch.html", {"rows": rows, "waiting": waiting})


def _store_one(request: HttpRequest, form: UploadForm) -> JsonResponse:
    if refused_files(request):
        raise file_too_large()
    if not form.is_valid():
        raise EmptyFile("No picture was sent.")
    visibility = form.cleaned_data["visibility"]
    if files := form.cleaned_data["pictures"]:
        accepted = store_file(files[0], user=request.user, visibility=visibility)
    else:
        url = form.cleaned_data["url"]
        accepted = accept_picture_of(url, user=request.user, visibility=visibility)
    body = {**progress_of(accepted.image), "created": accepted.created}
    return JsonResponse(body, status=201 if accepted.created else 200)


def _ids(text: str) -> list[str]:
    ids = [part for part in text.split(",") if part][:MAX_STATUS_IDS]
    if not all(_is_uuid(part) for part in ids):
        raise InvalidInput("This link is not valid.", parameter="ids")
    return ids


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _progress(ids: list[str], user: User) -> dict[str, dict[str, Any]]:
    images = Image.objects.visible_to(user).filter(pk__in=ids).defer("exif", "metadata")
    return {str(image.pk): progress_of(image) for image in images}


def _row(result: UploadResult, progress: dict[str, Any] | None) -> dict[str, Any]:
    error = result["code"] and message_with_advice(
        result["code"], result["message"], {"limit": result["limit"]}
    )
    return {**result, "error": error, "progress": progress}
