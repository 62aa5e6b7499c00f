"""Folders and archives: what lies beside a picture reaches it."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gallery.models import Image
from tests import scenes
from tests.ingest.imports.conftest import Import, reasons
from tests.ingest.imports.sidecars.test_json import ALBUM, TAKEOUT
from tests.ingest.imports.sidecars.test_xmp import IMMICH, packet

pytestmark = pytest.mark.django_db(transaction=True)

FILES = {
    "Trip/IMG.png": scenes.photo("PNG"),
    "Trip/IMG.png.supplemental-metadata.json": json.dumps(TAKEOUT).encode(),
    "Trip/metadata.json": json.dumps(ALBUM).encode(),
    "lab.png": scenes.plain((1, 2, 3)),
    "lab.png.xmp": packet(IMMICH).encode(),
    "broken.png": scenes.plain((4, 5, 6)),
    "broken.png.json": b"{",
}


@pytest.fixture(params=["folder", "zip"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "zip":
        with zipfile.ZipFile(tmp_path / "takeout.zip", "w") as archive:
            for name, data in FILES.items():
                archive.writestr(name, data)
        return tmp_path / "takeout.zip"
    for name, data in FILES.items():
        (tmp_path / "takeout" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "takeout" / name).write_bytes(data)
    return tmp_path / "takeout"


def test_sidecars_describe_their_pictures(imported: Import, source: Path) -> None:
    job = imported(source)
    assert (job.imported, job.incomplete) == (3, 1)
    assert reasons(job) == {"broken.png": "sidecar_damaged"}
    trip, lab, broken = (
        Image.objects.get(file_name=name) for name in ("IMG.png", "lab.png", "broken.png")
    )
    assert trip.caption == "At the lake\n\nwith Grandma"
    assert trip.sidecar_taken_at == datetime(2020, 9, 20, 10, 12, 7, tzinfo=UTC)
    assert (trip.latitude, trip.metadata["album"]) == (55.269423, "Trip to Gdańsk")
    assert lab.taken_at == datetime(1900, 1, 1, 0, 1, tzinfo=UTC)
    assert lab.tag_names == "Marie Curie\nPhysics"
    assert (broken.caption, broken.metadata) == ("", {})
