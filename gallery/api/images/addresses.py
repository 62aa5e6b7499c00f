"""Addresses of pictures and their files in answers of the API, signed if the request says so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gallery.accounts.signed_files import FileSigner
from gallery.ingest import downloads
from gallery.media.previews import SIZES
from gallery.models import Image
from gallery.models.addresses import address_of


class Addresses:
    """Those of one answer. ``context`` is that of its serializer; ``signed`` in it are seconds."""

    def __init__(self, context: Mapping[str, Any]) -> None:
        request, seconds = context["request"], context.get("signed")
        self._site = str(request.build_absolute_uri("/")).removesuffix("/")
        self._user = request.user
        self._signer = FileSigner(request.user, seconds, _end_of(request.auth)) if seconds else None

    def page(self, image: Image) -> str:
        return self._site + address_of(image.pk, "picture")

    def previews(self, image: Image) -> dict[str, str]:
        """By size; empty until the picture is processed."""
        if not image.has_dimensions:
            return {}
        return {
            size: self._signed(address_of(image.pk, "preview", size), image, size) for size in SIZES
        }

    def original(self, image: Image) -> str | None:
        """None if the person gets no file."""
        if not downloads.is_offered(image, self._user):
            return None
        return self._signed(address_of(image.pk, "original"), image, "original")

    def _signed(self, path: str, image: Image, file: str) -> str:
        address = self._site + path
        return self._signer.sign(address, image, file) if self._signer else address


def _end_of(token: Any) -> datetime | None:
    return token.expiry if token is not None else None
