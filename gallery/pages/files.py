"""Originals and previews: permission first, then bytes that no browser may take for a page."""

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
# Private: what one person may see must not stay in a shared cache.
_FOR_EVER = "private, max-age=31536000, immutable"
_ASK_AGAIN = "private, no-cache"


@require_safe
def preview(request: HttpRequest, image_id: uuid.UUID, size: str) -> HttpResponseBase:
    image = _seen_by(request, image_id)
    path = storage.preview_path(image.pk, size)
    response = _answer(request, path, etag=f'"{image.sha256[:32]}-{size}"')
    response["Content-Type"] = "image/webp"
    response["Cache-Control"] = _FOR_EVER
    return response


@require_safe
def original(request: HttpRequest, image_id: uuid.UUID) -> HttpResponseBase:
    image = _seen_by(request, image_id)
    path = storage.original_path(image)
    response = _answer(request, path, etag=f'"{image.sha256}"', name=_name(image))
    response["Content-Type"] = _CONTENT_TYPES.get(image.format, "application/octet-stream")
    response["Cache-Control"] = _ASK_AGAIN
    return response


def _seen_by(request: HttpRequest, image_id: uuid.UUID) -> Image:
    image: Image = get_object_or_404(Image.objects.visible_to(request.user), pk=image_id)
    return image


def _answer(request: HttpRequest, path: Path, *, etag: str, name: str = "") -> HttpResponseBase:
    if not path.is_file():
        raise Http404
    unchanged = get_conditional_response(request, etag=etag)
    response = unchanged or FileResponse(path.open("rb"), as_attachment=bool(name), filename=name)
    response["ETag"] = etag
    response["Content-Security-Policy"] = _SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _name(image: Image) -> str:
    """What the file was called, with the extension of what it really is."""
    stem = Path(image.file_name).stem or image.title or str(image.pk)
    return stem + Path(image.original).suffix
