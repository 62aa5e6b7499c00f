"""Serves originals and previews to those who may see them.

The headers keep a browser from running a file as a page.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response

from gallery.accounts import signed_files, token_header
from gallery.ingest import downloads
from gallery.media import storage
from gallery.models import Image, ImageQuerySet, Moderation, User, Visibility
from gallery.pages.requests.tokens import accepts_token

_SANDBOX = "default-src 'none'; sandbox"
# Private, because a shared cache would serve one user's files to others. An hour, because the
# picture may become private: a browser that other people use too shows it for as long.
_KEEP_SECONDS = 3600
_REVALIDATE = "private, no-cache"


@dataclass(frozen=True)
class _Access:
    """The picture, and the person who decides which file of it is downloaded."""

    image: Image
    downloader: User
    keep_seconds: int


@accepts_token
def preview(request: HttpRequest, image_id: uuid.UUID, size: str) -> HttpResponseBase:
    access = _access(request, image_id, size)
    path = storage.preview_path(access.image.pk, size)
    response = _file_response(request, path, etag=f'"{access.image.pk.hex}-{size}"')
    response["Content-Type"] = "image/webp"
    is_public = access.image.visibility == Visibility.PUBLIC
    is_public = is_public and access.image.moderation == Moderation.VISIBLE
    keep = f"private, max-age={access.keep_seconds}"
    response["Cache-Control"] = keep if is_public else _REVALIDATE
    return response


@accepts_token
def original(request: HttpRequest, image_id: uuid.UUID) -> HttpResponseBase:
    access = _access(request, image_id, "original")
    download = downloads.download_of(access.image, access.downloader)
    response = _file_response(request, download.path, etag=download.etag, name=download.file_name)
    response["Content-Type"] = download.mime_type
    response["Cache-Control"] = _REVALIDATE
    return response


def _access(request: HttpRequest, image_id: uuid.UUID, file: str) -> _Access:
    """By the token of the request, else by the signature of its address, else by the session."""
    signature = request.GET.get(signed_files.PARAMETER)
    if signature is None or token_header.KEY in request.META:
        visible = Image.objects.visible_to(request.user)
        return _Access(_image_of(visible, image_id), request.user, _KEEP_SECONDS)
    viewer = signed_files.viewer_of(signature, image_id, file)
    # Whoever has the address need not be its signer, who may see what moderation hides.
    image = _image_of(Image.objects.visible_to(viewer.user).shown(), image_id)
    # A browser must not show the file after the address has expired.
    return _Access(image, viewer.downloader, min(_KEEP_SECONDS, viewer.seconds_left))


def _image_of(images: ImageQuerySet, image_id: uuid.UUID) -> Image:
    image: Image = get_object_or_404(images, pk=image_id)
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
