"""How a row ends: its picture, the row's end and the counters of the job are one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from gallery.core.errors import GalleryError
from gallery.ingest.accept import Accepted, UploadFields, accept_received
from gallery.ingest.duplicates import OnDuplicate
from gallery.ingest.facts import keywords
from gallery.ingest.imports.rows import albums
from gallery.ingest.imports.rows.notes import NOTES
from gallery.ingest.imports.sidecars.facts import Problem
from gallery.media.storage import Received
from gallery.models import Image, ImportJob, ImportRow, RowOutcome, SourceKind

_WITH_SIDECARS = (SourceKind.FOLDER, SourceKind.WATCHED, SourceKind.ZIP)


class LeaseLost(Exception):
    """The row belongs to another process now, or its job was deleted."""


def accept_row(job: ImportJob, row: ImportRow, received: Received, file_name: str) -> None:
    """Store the picture of a row, with its tags and its vector.

    Raises ``LeaseLost``, and what ``accept_received`` raises; then nothing is stored.
    """
    # Those of the import come first, since its owner chose them.
    tags = keywords.all_names_of([*job.tags, *row.fields.get("tags", ())])
    has_sidecars = job.kind in _WITH_SIDECARS
    if len(tags) > keywords.MOST and has_sidecars:
        row.note = row.note or Problem.SHORTENED
    most_tags = keywords.MOST if has_sidecars else keywords.MOST_OF_A_TABLE
    with transaction.atomic():
        _hold(row)
        known = _replaced_metadata(job, received)
        accepted = accept_received(
            received,
            owner=job.owner,
            file_name=row.fields.get("file_name") or file_name,
            on_duplicate=OnDuplicate(job.on_duplicate),
            import_id=job.pk,
            **_fields(job, row, known, received),
        )
        if not accepted.created and has_sidecars:
            albums.keep(accepted.image, _albums(known, row))
        if accepted.created or job.on_duplicate == OnDuplicate.UPDATE:
            keywords.give(accepted.image.pk, tags[:most_tags])
        if accepted.created:
            _provide_vector(row, accepted.image)
        _end(row, accepted)
        _count(job, **_counters(row, accepted))


def drop(job: ImportJob, row: ImportRow, error: GalleryError) -> None:
    """The row stays, with the reason."""
    changes = {"outcome": RowOutcome.DROPPED, "skipped": True, "vector": None, "fields": {}}
    with transaction.atomic():
        reason = {"error_code": error.code, "error_message": error.message[:300]}
        if row.release(**changes, **reason):
            _count(job, dropped=F("dropped") + 1)


def _hold(row: ImportRow) -> None:
    own = ImportRow.objects.filter(pk=row.pk, attempts=row.attempts, lease_until=row.lease_until)
    if not own.select_for_update().exists():
        raise LeaseLost


def _end(row: ImportRow, accepted: Accepted) -> None:
    """The row is deleted. If a part of it was not used, it stays, with that reason."""
    if accepted.created and row.note:
        columns: dict[str, Any] = {
            "error_code": row.note,
            "error_message": NOTES.get(row.note, ""),
        }
        row.release(outcome=RowOutcome.IMPORTED, skipped=True, **columns)
    else:
        rows = ImportRow.objects.filter(pk=row.pk)
        rows._raw_delete(rows.db)


def _counters(row: ImportRow, accepted: Accepted) -> dict[str, Any]:
    if not accepted.created:
        return {"duplicates": F("duplicates") + 1}
    incomplete = {"incomplete": F("incomplete") + 1} if row.note else {}
    return {"imported": F("imported") + 1, **incomplete}


def _replaced_metadata(job: ImportJob, received: Received) -> Mapping[str, Any] | None:
    """That of the picture that the row changes; None if it changes none."""
    if job.on_duplicate != OnDuplicate.UPDATE:
        return None
    same = Image.objects.filter(owner=job.owner, sha256=received.sha256)
    return same.values_list("metadata", flat=True).first()


def _is_taken(external_id: str, job: ImportJob, received: Received) -> bool:
    """Whether another picture has the id, such as the earlier bytes of a file that has changed."""
    others = Image.objects.filter(owner=job.owner).exclude(sha256=received.sha256)
    return bool(external_id) and others.filter(external_id=external_id).exists()


def _albums(known: Mapping[str, Any] | None, row: ImportRow) -> list[str]:
    return [*albums.of_metadata(known or {}), *albums.of_metadata(row.fields.get("metadata", {}))]


def _fields(
    job: ImportJob, row: ImportRow, known: Mapping[str, Any] | None, received: Received
) -> UploadFields:
    names = ("title", "caption", "metadata", "external_id", "latitude", "longitude")
    fields: Any = {name: row.fields[name] for name in names if name in row.fields}
    # That of the import is for its new pictures. A picture that exists may be private by choice.
    if visibility := row.fields.get("visibility") or (job.visibility if known is None else ""):
        fields["visibility"] = visibility
    for name in {"taken_at", "sidecar_taken_at"} & row.fields.keys():
        fields[name] = datetime.fromisoformat(row.fields[name])
    # The name of a folder, which no sidecar states, does not replace what a picture has.
    is_folder_alone = fields.get("metadata", {}).keys() == {"folder"}
    if known is not None and job.kind in _WITH_SIDECARS and is_folder_alone:
        del fields["metadata"]
    if job.kind in _WITH_SIDECARS and _is_taken(fields.get("external_id", ""), job, received):
        del fields["external_id"]
    return fields  # type: ignore[no-any-return]


def _provide_vector(row: ImportRow, image: Image) -> None:
    """The vector goes from table to table inside PostgreSQL. Its space may be dropped since."""
    if row.space_id is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO gallery_providedvector (image_id, space_id, vector)"
            " SELECT %s, s.id, r.vector FROM gallery_importrow r JOIN gallery_embeddingspace s"
            " ON s.id = r.space_id AND NOT s.dropping WHERE r.id = %s FOR KEY SHARE OF s",
            [image.pk, row.pk],
        )


def _count(job: ImportJob, **changes: Any) -> None:
    ImportJob.objects.filter(pk=job.pk).update(**changes)
