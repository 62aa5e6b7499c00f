"""Originals and previews, with headers that keep a browser from running them as a page."""

from __future__ import annotations

import uuid
from pathlib import Path

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from gallery.media import storage
from gallery.models import Image

_SANDBOX = "default-src 'none'; sandbox"
_CONTENT_TYPES = {
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "gif": "image/gif",
    "heic": "image/heic",
    "avif": "image/avif",
    "bmp": "image/bmp",
    "tiff": "image/tiff",
}
# Shared caches must not keep a file that only some people may see.
_FOREVER = "private, max-age=31536000, immutable"
_REVALIDATE = "private, no-cache"


@require_safe
def preview(request: HttpRequest, image_id: uuid.UUID, size: str) -> HttpResponseBase:
    image = _visible(request, image_id)
    path = storage.preview_path(image.pk, size)
    response = _file_response(request, path, etag=f'"{image.sha256[:32]}-{size}"')
    response["Content-Type"] = "image/webp"
    response["Cache-Control"] = _FOREVER
    return response


@require_safe
def original(request: HttpRequest, image_id: uuid.UUID) -> HttpResponseBase:
    image = _visible(request, image_id)
    path = storage.original_path(image)
    response = _file_response(request, path, etag=f'"{image.sha256}"', name=_file_name(image))
    response["Content-Type"] = _CONTENT_TYPES.get(image.format, "application/octet-stream")
    response["Cache-Control"] = _REVALIDATE
    return response


def _visible(request: HttpRequest, image_id: uuid.UUID) -> Image:
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


def _file_name(image: Image) -> str:
    """The uploaded file's name with the extension of its real format."""
    stem = Path(image.file_name).stem or image.title or str(image.pk)
    return stem + Path(image.original).suffix
