"""Store the files of one form. Each has its own result: a bad file does not stop the others."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable
from typing import Any, TypedDict

from django.contrib.sessions.backends.base import SessionBase
from django.core.files.uploadedfile import UploadedFile

from gallery.core.errors import EmptyFile, GalleryError, NotFound, UnsupportedType, UrlAnswer
from gallery.ingest.accept import Accepted, accept
from gallery.ingest.by_url import accept_url
from gallery.models import Image, Moderation, State, User
from gallery.models.addresses import address_of
from gallery.pages.errors.advice import message_with_advice

# Older results of the same session are dropped.
_MAX_BATCHES = 5


class UploadResult(TypedDict):
    """What happened to one file. All values are JSON, because the session stores them.

    A rejected file has no database row: its ``id`` is empty, and ``code``, ``message`` and
    ``limit`` are those of the error.
    """

    name: str
    id: str
    created: bool
    code: str
    message: str
    limit: int | None


def store_file(file: UploadedFile[Any], *, user: User, visibility: str) -> Accepted:
    return accept(
        file.chunks(),
        owner=user if user.is_authenticated else None,
        file_name=file.name or "",
        visibility=visibility,
    )


def store_files(
    files: Iterable[UploadedFile[Any]], *, user: User, visibility: str
) -> list[UploadResult]:
    return [_store(file, user=user, visibility=visibility) for file in files]


def store_url(url: str, *, user: User, visibility: str) -> UploadResult:
    name = re.sub(r"//[^/?#]*@", "//", url)  # without a password
    return _result(name, lambda: accept_picture_of(url, user=user, visibility=visibility))


def accept_picture_of(url: str, *, user: User, visibility: str) -> Accepted:
    """A page in HTML is no file of an unsupported type, but another URL than was meant."""
    try:
        return accept_url(url, owner=user, visibility=visibility)
    except (UnsupportedType, EmptyFile) as error:
        raise UrlAnswer("The server at this URL did not send a picture.", answer=200) from error


def _store(file: UploadedFile[Any], *, user: User, visibility: str) -> UploadResult:
    return _result(file.name or "", lambda: store_file(file, user=user, visibility=visibility))


def _result(name: str, store: Callable[[], Accepted]) -> UploadResult:
    try:
        accepted = store()
    except GalleryError as error:
        return rejected(name, error)
    image_id, created = str(accepted.image.pk), accepted.created
    return UploadResult(name=name, id=image_id, created=created, code="", message="", limit=None)


def rejected(name: str, error: GalleryError) -> UploadResult:
    limit = error.data.get("limit")
    return UploadResult(
        name=name, id="", created=False, code=error.code, message=error.message, limit=limit
    )


def save_results(session: SessionBase, results: list[UploadResult]) -> str:
    """Return the key to load the results with.

    The session is in PostgreSQL and not in the cache, so uploads work while Redis is down.
    """
    key = secrets.token_urlsafe(9)
    batches: dict[str, Any] = session.get("batches", {})
    latest = list(batches.items())[1 - _MAX_BATCHES :]
    session["batches"] = {**dict(latest), key: results}
    return key


def load_results(session: SessionBase, key: str) -> list[UploadResult]:
    """Raises ``NotFound`` for a key of another session or of an older upload."""
    batches: dict[str, list[UploadResult]] = session.get("batches", {})
    if key not in batches:
        raise NotFound("The results of this upload are no longer available.")
    return batches[key]


def _label(image: Image) -> str:
    """What happens with it, or that others do not see it."""
    if image.state == State.READY and image.moderation != Moderation.VISIBLE:
        return image.get_moderation_display()
    return image.get_state_display()


def progress_of(image: Image) -> dict[str, Any]:
    """The processing state of one picture, for the upload page and its script."""
    return {
        "id": str(image.pk),
        "state": image.state,
        "label": _label(image),
        "settled": image.state not in (State.STORED, State.DERIVED),
        "problem": message_with_advice(image.error_code, image.error_message)
        if image.error_code
        else "",
        "url": image.get_absolute_url(),
        "preview": address_of(image.pk, "preview", "small")
        if image.state in (State.DERIVED, State.READY)
        else "",
    }
