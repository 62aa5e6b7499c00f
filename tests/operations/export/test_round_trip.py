"""What was exported is imported again without loss."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from gallery.ingest.derive import derive
from gallery.ingest.imports import create, run
from gallery.models import Image, ImportRow, ProvidedVector
from tests import hostile, scenes
from tests.builders import make_embedding, make_space, make_tag, tag_image, unit_vector

pytestmark = pytest.mark.django_db(transaction=True)

Picture = Callable[..., Image]
FIELDS = (
    "sha256", "size", "format", "file_name", "title", "caption", "visibility", "taken_at",
    "latitude", "longitude", "external_id", "metadata", "exif", "camera", "tag_names", "width",
)  # fmt: skip


def facts() -> list[dict[str, Any]]:
    return list(Image.objects.order_by("sha256").values(*FIELDS))


def imported(table: Path, owner: User) -> None:
    job = create.create(table, owner, create.ImportOptions())
    run.run(60)
    job.refresh_from_db()
    reasons = list(ImportRow.objects.values_list("place", "error_code"))
    assert (job.imported, job.dropped, reasons) == (3, 0, [])
    for key in Image.objects.values_list("pk", flat=True):
        derive(key)


def test_an_import_restores_what_was_exported(
    picture: Picture, owner: User, export: Callable[..., str], folder: Path
) -> None:
    space = make_space()
    first = picture(
        hostile.jpeg_with_metadata(), owner=owner, file_name="é 湖.jpg", title="Lake",
        caption="One\ntwo", metadata={"a": {"b": [1, 2.5, None]}}, external_id="42",
        visibility="private", taken_at=datetime(1999, 1, 2, 3, 4, 5, 678_901, tzinfo=UTC),
    )  # fmt: skip
    place = {"latitude": 48.85341, "longitude": 2.3488}
    picture(scenes.plain((1, 2, 3)), owner=owner, file_name="a.png", **place)
    sydney = scenes.taken_at_place(-33.8568, 151.2153)
    picture(sydney, owner=owner, file_name="a.png", visibility="members")
    for key in Image.objects.values_list("pk", flat=True):
        derive(key)
    make_embedding(first, space, unit_vector(1))
    tag_image(first, make_tag("lake, deep", name_zh="湖"))
    tag_image(first, make_tag("sky"))
    before = facts()
    export()
    Image.objects.all().delete()
    imported(folder / "pictures.parquet", owner)
    assert facts() == before
    [provided] = ProvidedVector.objects.all()
    assert provided.image.sha256 == first.sha256
    assert provided.space_id == space.pk
    assert list(provided.vector) == list(unit_vector(1))
