"""Folders and archives: what lies beside a picture reaches it."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gallery.models import Image
from gallery.operations.export.export import export
from tests import scenes
from tests.ingest.imports.conftest import Import, counts, reasons
from tests.ingest.imports.sidecars.samples import ALBUM, ASSET, IMMICH, TAKEOUT, packet

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


Write = Callable[[dict[str, bytes]], Path]


@pytest.fixture(params=["folder", "zip"])
def write(request: pytest.FixtureRequest, tmp_path: Path) -> Write:
    """Writes files into a folder or an archive."""

    def written(files: dict[str, bytes]) -> Path:
        return stored(files, tmp_path, is_archive=request.param == "zip")

    return written


def stored(files: dict[str, bytes], folder: Path, *, is_archive: bool) -> Path:
    if is_archive:
        with zipfile.ZipFile(folder / "takeout.zip", "w") as archive:
            for name, data in files.items():
                archive.writestr(name, data)
        return folder / "takeout.zip"
    for name, data in files.items():
        (folder / "takeout" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "takeout" / name).write_bytes(data)
    return folder / "takeout"


def test_large_sidecars_are_not_used(imported: Import, write: Write) -> None:
    large = packet(IMMICH).encode().ljust((1 << 20) + 1)
    job = imported(write({"lab.png": scenes.plain(), "lab.png.xmp": large}))
    assert reasons(job) == {"lab.png": "sidecar_too_large"}
    assert Image.objects.get().metadata == {}


def test_a_changed_file_is_imported_again(imported: Import, tmp_path: Path) -> None:
    asset = json.dumps(ASSET).encode()
    for number in range(2):
        files = {"lab.png": scenes.plain((number, 2, 3)), "lab.png.json": asset}
        job = imported(stored(files, tmp_path, is_archive=False))
        assert counts(job) == (1, 1, 0, 0)
    ids = sorted(Image.objects.values_list("external_id", flat=True))
    assert ids[0] == ""
    assert ids[1]


def test_sidecars_describe_their_pictures(imported: Import, write: Write) -> None:
    source = write(FILES)
    job = imported(source)
    assert (job.imported, job.incomplete) == (3, 1)
    assert reasons(job) == {"broken.png": "sidecar_damaged"}
    trip, lab, broken = (
        Image.objects.get(file_name=name) for name in ("IMG.png", "lab.png", "broken.png")
    )
    assert trip.caption == "At the lake\n\nwith Grandma"
    assert trip.sidecar_taken_at == datetime(2020, 9, 20, 10, 12, 7, tzinfo=UTC)
    assert (trip.latitude, trip.metadata["album"]) == (55.269423, "Trip to Gdańsk")
    assert (trip.metadata["folder"], trip.visibility) == ("Trip", "public")
    assert lab.metadata == {"rating": 4}
    assert lab.taken_at == datetime(1900, 1, 1, 0, 1, tzinfo=UTC)
    assert lab.tag_names == "Marie Curie\nPhysics"
    assert (broken.caption, broken.metadata) == ("", {})


def test_what_the_export_hides_is_not_shown(imported: Import, write: Write) -> None:
    source = write(
        {
            "deleted.png": scenes.plain((1, 2, 3)),
            "deleted.png.json": json.dumps({**TAKEOUT, "trashed": True}).encode(),
            "locked.png": scenes.plain((4, 5, 6)),
            "locked.png.json": json.dumps({**TAKEOUT, "inLockedFolder": True}).encode(),
        }
    )
    job = imported(source, visibility="members")
    assert reasons(job) == {"deleted.png": "trashed"}
    assert Image.objects.get().visibility == "private"


@pytest.mark.parametrize("on_duplicate", ["keep", "update"])
def test_a_picture_keeps_all_its_albums(
    on_duplicate: str, imported: Import, tmp_path: Path
) -> None:
    """An export has it in the folder of its year too, which is no album."""
    files = {}
    for folder, title in (("Albums", "Lakes"), ("Photos from 2020", ""), ("Trip", "Trip")):
        files[f"{folder}/IMG.png"] = scenes.plain()
        files[f"{folder}/IMG.png.json"] = json.dumps(TAKEOUT).encode()
        if title:
            files[f"{folder}/metadata.json"] = json.dumps({**ALBUM, "title": title}).encode()
    job = imported(stored(files, tmp_path, is_archive=True), on_duplicate=on_duplicate)
    assert counts(job) == (3, 1, 2, 0)
    assert Image.objects.get().metadata["album"] == ["Lakes", "Trip"]


def test_parts_of_a_takeout_are_noted(imported: Import, tmp_path: Path) -> None:
    files = {
        "Takeout/Google Photos/Trip/IMG.png": scenes.plain(),
        "Takeout/Google Photos/Trip/metadata.json": json.dumps(ALBUM).encode(),
        "Takeout/Google Photos/Trip/lab.png": scenes.photo("PNG"),
        "Takeout/Google Photos/Trip/lab.png.json": json.dumps(TAKEOUT).encode(),
    }
    job = imported(stored(files, tmp_path, is_archive=True))
    assert reasons(job) == {"Takeout/Google Photos/Trip/IMG.png": "sidecar_missing"}
    image = Image.objects.get(file_name="IMG.png")
    assert image.metadata == {"folder": "Takeout/Google Photos/Trip", "album": "Trip to Gdańsk"}


def test_a_folder_does_not_replace_metadata(imported: Import, write: Write) -> None:
    source = write({"Trip/Lake/IMG.png": scenes.plain()})
    imported(source)
    assert Image.objects.get().metadata == {"folder": "Trip/Lake"}
    Image.objects.update(metadata={"rating": 5})
    job = imported(source, on_duplicate="update")
    assert (job.duplicates, Image.objects.get().metadata) == (1, {"rating": 5})


def test_folders_survive_an_export(imported: Import, write: Write, tmp_path: Path) -> None:
    imported(write({"Trip/Lake/IMG.png": scenes.plain()}))
    summary = export(tmp_path / "export", Image.objects.all())
    Image.objects.all().delete()
    assert imported(summary.table).imported == 1
    assert Image.objects.get().metadata == {"folder": "Trip/Lake"}


def test_tags_of_the_import_come_first(imported: Import, write: Write) -> None:
    subjects = "".join(f"<rdf:li>Tag {number}</rdf:li>" for number in range(50))
    described = packet(f"<dc:subject><rdf:Bag>{subjects}</rdf:Bag></dc:subject>")
    source = write({"IMG.png": scenes.plain(), "IMG.png.xmp": described.encode()})
    job = imported(source, tags=("Lakes",))
    assert reasons(job) == {"IMG.png": "sidecar_shortened"}
    names = Image.objects.get().tag_names.split("\n")
    assert len(names) == 50
    assert "Lakes" in names
    assert "Tag 49" not in names
