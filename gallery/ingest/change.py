"""Changes existing images. Each function returns the number of rows changed."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Case, Q, When
from django.db.models.functions import Now

from gallery.core.dispatch import Stage, hint
from gallery.ingest import deleted_files, turns
from gallery.ingest.fields import external_ids, metadata_fields
from gallery.models import SUSPECT_CODES, Image, ImageQuerySet, State, Visibility

CHUNK_SIZE = 500
# The sweeper hints the others later. More hints at once would delay new uploads.
_MAX_HINTS = 500


def delete(images: ImageQuerySet | Image) -> int:
    """Delete rows, vectors and, after commit, files, in transactions of ``CHUNK_SIZE`` images.

    While a backup runs, the files stay until it has ended; the sweep removes them then.
    """
    return sum(_delete(keys) for keys in _chunks(images))


def retry(images: ImageQuerySet | Image) -> int:
    """Start failed and quarantined images again from their originals; others are not changed.

    A picture that kept its decoder busy or crashed it has one attempt, which is not the first.
    """
    broken = (State.FAILED, State.QUARANTINED)
    attempts = Case(When(error_code__in=SUSPECT_CODES, then=turns.most_attempts() - 1), default=0)
    changed = [
        key
        for keys in _chunks(images)
        for key in _move(keys, broken, State.STORED, attempts=attempts)
    ]
    for key in changed[:_MAX_HINTS]:
        hint(Stage.DERIVE, str(key))
    return len(changed)


def reembed(images: ImageQuerySet | Image) -> int:
    """Have ready images embedded again; searches use the old vector until then."""
    changed = sum(len(_move(keys, (State.READY,), State.DERIVED)) for keys in _chunks(images))
    if changed:
        hint(Stage.EMBED)
    return changed


def edit(image: Image, **fields: Any) -> int:
    """Set fields that people may change in the row and on ``image``.

    0 if the row has these values already, so its time and its version stay, or if it is deleted.
    ``metadata`` replaces the whole document. Raises ``InvalidInput`` as
    ``metadata_fields.checked`` does, and ``ExternalIdTaken``.
    """
    values = metadata_fields.checked(**fields)
    external_id = values.get("external_id", "")
    with external_ids.refused_if_taken(image.owner_id, external_id, same=Q(pk=image.pk)):
        changed = edit_all(Image.objects.filter(pk=image.pk), values)
    for name, value in values.items():
        setattr(image, name, value)
    return changed


def edit_all(images: ImageQuerySet, values: Mapping[str, Any]) -> int:
    """Set checked values, the same for all of the images, except an external ID."""
    if not values:
        return 0
    changed: int = images.exclude(**values).update(**values, updated_at=Now())
    return changed


@transaction.atomic
def show_to(images: ImageQuerySet, visibility: Visibility) -> dict[Visibility, list[uuid.UUID]]:
    """Set who sees the images. Returns the keys of those that changed, by what they were."""
    others = images.exclude(visibility=visibility).order_by("pk")
    locked = others.select_for_update(no_key=True, of=("self",))
    before: dict[Visibility, list[uuid.UUID]] = {}
    for key, value in locked.values_list("pk", "visibility"):
        before.setdefault(Visibility(value), []).append(key)
    changed = [key for keys in before.values() for key in keys]
    for start in range(0, len(changed), CHUNK_SIZE):  # each statement has a time limit
        rows = Image.objects.filter(pk__in=changed[start : start + CHUNK_SIZE])
        rows.update(visibility=visibility, updated_at=Now())
    return before


@transaction.atomic
def _delete(keys: list[uuid.UUID]) -> int:
    rows = Image.objects.filter(pk__in=keys).order_by("pk").select_for_update(of=("self",))
    locked = list(rows.values_list("pk", flat=True))
    Image.objects.filter(pk__in=locked).delete()
    if locked:
        # Robust: the sweep removes what is left now, for instance while the database restarts.
        # Django cannot report an error of a ``partial``, which has no name.
        transaction.on_commit(lambda: deleted_files.remove(locked), robust=True)
    return len(locked)


@transaction.atomic
def _move(
    keys: list[uuid.UUID], before: tuple[State, ...], after: State, **changes: Any
) -> list[uuid.UUID]:
    """Restart the images that are in one of the states ``before``; returns their keys."""
    images = Image.objects.filter(pk__in=keys, state__in=before)
    return images.restart(after, updated_at=Now(), **changes)


def _chunks(images: ImageQuerySet | Image) -> Iterator[list[uuid.UUID]]:
    """All keys are read first: a queryset filtered by state shrinks while its rows change."""
    if isinstance(images, Image):
        yield [images.pk]
        return
    keys = list(images.values_list("pk", flat=True))
    for start in range(0, len(keys), CHUNK_SIZE):
        yield keys[start : start + CHUNK_SIZE]
