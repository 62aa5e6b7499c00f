"""Many files in one form: each has its own outcome, and one bad file never fails the others."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any, TypedDict

from django.contrib.sessions.backends.base import SessionBase
from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse

from gallery.core.errors import GalleryError, NotFound
from gallery.ingest.accept import Accepted, accept
from gallery.models import Image, State, User
from gallery.pages.words import words

_KEPT = 5


class Outcome(TypedDict):
    """JSON, because it is kept in the session: a refused file has no row that could tell."""

    name: str
    id: str
    created: bool
    code: str
    message: str
    limit: int | None


def take(file: UploadedFile[Any], *, user: User, visibility: str) -> Accepted:
    return accept(
        file.chunks(),
        owner=user if user.is_authenticated else None,
        file_name=file.name or "",
        visibility=visibility,
    )


def take_each(files: Iterable[UploadedFile[Any]], *, user: User, visibility: str) -> list[Outcome]:
    return [_outcome(file, user=user, visibility=visibility) for file in files]


def _outcome(file: UploadedFile[Any], *, user: User, visibility: str) -> Outcome:
    name = file.name or ""
    try:
        accepted = take(file, user=user, visibility=visibility)
    except GalleryError as error:
        return refusal(name, error)
    image_id, created = str(accepted.image.pk), accepted.created
    return Outcome(name=name, id=image_id, created=created, code="", message="", limit=None)


def refusal(name: str, error: GalleryError) -> Outcome:
    limit = error.data.get("limit")
    return Outcome(
        name=name, id="", created=False, code=error.code, message=error.message, limit=limit
    )


def keep(session: SessionBase, outcomes: list[Outcome]) -> str:
    """Kept in the session (PostgreSQL), not the cache: uploads work while Redis is down."""
    key = secrets.token_urlsafe(9)
    batches: dict[str, Any] = session.get("batches", {})
    latest = list(batches.items())[1 - _KEPT :]
    session["batches"] = {**dict(latest), key: outcomes}
    return key


def kept(session: SessionBase, key: str) -> list[Outcome]:
    batches: dict[str, list[Outcome]] = session.get("batches", {})
    if key not in batches:
        raise NotFound("This list of uploads is no longer kept.")
    return batches[key]


def describe(image: Image) -> dict[str, Any]:
    """One picture's progress, as the upload page shows it."""
    return {
        "id": str(image.pk),
        "state": image.state,
        "words": image.get_state_display(),
        "settled": image.state not in (State.STORED, State.DERIVED),
        "trouble": words(image.error_code, image.error_message) if image.error_code else "",
        "url": image.get_absolute_url(),
        "preview": reverse("preview", args=[image.pk, "small"])
        if image.state in (State.DERIVED, State.READY)
        else "",
    }
