"""Stores findings, and starts the repair of previews and vectors."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models.functions import Now

from gallery.core.dispatch import Stage, hint
from gallery.models import FindingKind, Image, IntegrityFinding, State
from gallery.models.files.integrity import PREVIEW_KINDS, VECTOR_KINDS
from gallery.operations.integrity import vectors
from gallery.operations.integrity.files import HAS_PREVIEWS, Examination

log = logging.getLogger(__name__)


@transaction.atomic
def record(examinations: Collection[Examination], *, repair: bool, encoded: bool = False) -> int:
    """Replace the findings of these images; returns how many images are repaired.

    ``repair`` has previews made again from a good original, and vectors from good previews;
    nothing is lost by that. Findings about originals are for people. ``encoded``: the vectors were
    compared with those of the encoder.
    """
    rows = _locked(examination.id for examination in examinations)
    current = [examination for examination in examinations if examination.id in rows]
    for examination in current:
        _drop_outdated(examination, rows[examination.id])
    _store_hashes(current)
    repaired = _repair(current) if repair else set()
    known = IntegrityFinding.objects.filter(image__in=[examination.id for examination in current])
    if not encoded:
        known = known.exclude(kind=FindingKind.VECTOR_FOREIGN, image__in=rows.keys() - repaired)
    findings = [
        IntegrityFinding(image_id=examination.id, kind=kind, detail=detail, checked_at=Now())
        for examination in current
        for kind, detail in examination.findings.items()
    ]
    present = {(finding.image_id, finding.kind) for finding in findings}
    gone = [row.pk for row in known if (row.image_id, row.kind) not in present]
    IntegrityFinding.objects.filter(pk__in=gone).delete()
    IntegrityFinding.objects.bulk_create(
        findings,
        update_conflicts=True,
        unique_fields=["image", "kind"],
        update_fields=["detail", "checked_at"],
    )
    return len(repaired)


def _locked(keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, Image]:
    """The rows that still exist; an image that was deleted meanwhile has no findings."""
    rows = Image.objects.filter(pk__in=list(keys)).order_by("pk")
    locked = rows.select_for_update(of=("self",), no_key=True)
    return {image.pk: image for image in locked.only("state", "previews_sha256")}


def _drop_outdated(examination: Examination, row: Image) -> None:
    """Drop what a worker has changed since the files were read."""
    before = examination.image.previews_sha256
    if row.state not in HAS_PREVIEWS or row.previews_sha256 != before:
        examination.previews_sha256 = None
        _drop(examination, PREVIEW_KINDS)
    if row.state != State.READY:
        examination.findings.pop(FindingKind.VECTOR_MISSING, None)


def _store_hashes(examinations: Iterable[Examination]) -> None:
    for examination in examinations:
        if examination.previews_sha256 is not None:
            row = Image.objects.filter(pk=examination.id, previews_sha256=None)
            row.update(previews_sha256=examination.previews_sha256)


def _repair(examinations: Iterable[Examination]) -> set[uuid.UUID]:
    """Restart images; their repaired findings are removed from the examinations."""
    without_preview, without_vector = set(), set()
    for examination in examinations:
        has_previews = not examination.findings.keys() & set(PREVIEW_KINDS)
        if not has_previews and examination.has_good_original:
            without_preview.add(examination.id)
            _drop(examination, (*PREVIEW_KINDS, *VECTOR_KINDS))
        elif has_previews and examination.findings.keys() & set(VECTOR_KINDS):
            without_vector.add(examination.id)
            _drop(examination, VECTOR_KINDS)
    if without_preview:
        log.warning("previews of %s images are made again", len(without_preview))
        Image.objects.filter(pk__in=without_preview, state__in=HAS_PREVIEWS).restart(State.STORED)
        for key in without_preview:
            hint(Stage.DERIVE, str(key))
    if without_vector:
        log.warning("vectors of %s images are made again", len(without_vector))
        vectors.remove_invalid_elsewhere(without_vector)
        Image.objects.filter(pk__in=without_vector, state=State.READY).restart(State.DERIVED)
        hint(Stage.EMBED)
    return without_preview | without_vector


def _drop(examination: Examination, kinds: Iterable[FindingKind]) -> None:
    for kind in kinds:
        examination.findings.pop(kind, None)
