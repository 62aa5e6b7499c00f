"""Serves originals and previews to those who may see them.

The headers keep a browser from running a file as a page.
"""

from __future__ import annotations

import uuid
from pathlib import Path

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from gallery.ingest import downloads
from gallery.media import storage
from gallery.models import Image, Visibility

_SANDBOX = "default-src 'none'; sandbox"
# Private, because a shared cache would serve one user's files to others. An hour, because the
# picture may become private: a browser that other people use too shows it for as long.
_KEEP = "private, max-age=3600"
_REVALIDATE = "private, no-cache"


@require_safe
def preview(request: HttpRequest, image_id: uuid.UUID, size: str) -> HttpResponseBase:
    image = _visible_image(request, image_id)
    path = storage.preview_path(image.pk, size)
    response = _file_response(request, path, etag=f'"{image.sha256[:32]}-{size}"')
    response["Content-Type"] = "image/webp"
    is_public = image.visibility == Visibility.PUBLIC
    response["Cache-Control"] = _KEEP if is_public else _REVALIDATE
    return response


@require_safe
def original(request: HttpRequest, image_id: uuid.UUID) -> HttpResponseBase:
    download = downloads.download_of(_visible_image(request, image_id), request.user)
    response = _file_response(request, download.path, etag=download.etag, name=download.file_name)
    response["Content-Type"] = download.mime_type
    response["Cache-Control"] = _REVALIDATE
    return response


def _visible_image(request: HttpRequest, image_id: uuid.UUID) -> Image:
    image: Image = get_object_or_404(Image.objects.visible_to(request.user), pk=image_id)
    return image


def _file_response(
    request: HttpRequest, path: Path, *, etag: str, name: str = ""
) -> HttpResponseBase:
    if not path.is_file():
        raise Http404
    unchanged = get_conditional_response(request, etag=etag)
    response = unchanged or FileResponse(path.open("rb"), as_attachment=bool(name), filename=name)
    response["ETag"] = etag
    response["Content-Security-Policy"] = _SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    return response
