from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from gallery.ingest.imports.sidecars.facts import MAX_METADATA_BYTES, SidecarFacts
from gallery.ingest.imports.sidecars.find import MAX_BYTES, facts_for
from tests.ingest.imports.sidecars.folder import facts_in
from tests.ingest.imports.sidecars.samples import ALBUM, ASSET, TAKEOUT

OLD_ALBUM = {"albumData": {**ALBUM, "date": {"timestamp": "1502439626"}}}


def takeout(**changes: Any) -> SidecarFacts:
    return facts_in({"IMG.jpg.json": json.dumps({**TAKEOUT, **changes})})


def test_a_takeout_is_read() -> None:
    assert takeout() == SidecarFacts(
        caption="At the lake\n\nwith Grandma",
        taken_at=datetime(2020, 9, 20, 10, 12, 7, tzinfo=UTC),
        latitude=55.269423,
        longitude=37.665591,
        metadata={
            "people": ["Дочь", "John Doe"],
            "favorite": True,
            "url": "https://photos.google.com/photo/AF1Qip",
            "original_name": "IMG_20200920_131207.jpg",
        },
    )


def test_its_date_does_not_replace_the_files() -> None:
    assert not takeout().replaces_date


def test_the_files_place_is_second() -> None:
    facts = takeout(geoData={"latitude": 0.0, "longitude": 0.0})
    assert (facts.latitude, facts.longitude) == (1.0, 1.0)


@pytest.mark.parametrize("latitude", [0.0, 91, "north", None, True, 1e400, [1]])
def test_an_impossible_place_is_none(latitude: object) -> None:
    place = {"latitude": latitude, "longitude": 0.0}
    assert takeout(geoData=place, geoDataExif=place).latitude is None


@pytest.mark.parametrize("timestamp", ["0", "", "soon", "-99999999999999", "9" * 5000, None, {}])
def test_an_impossible_date_is_none(timestamp: object) -> None:
    assert takeout(photoTakenTime={"timestamp": timestamp}).taken_at is None


@pytest.mark.parametrize("album", [ALBUM, OLD_ALBUM])
@pytest.mark.parametrize("name", ["metadata.json", "métadonnées.json"])
def test_a_picture_knows_its_album(name: str, album: dict[str, Any]) -> None:
    facts = facts_in({"IMG.jpg.json": json.dumps(TAKEOUT), name: json.dumps(album)})
    assert facts.metadata["album"] == "Trip to Gdańsk"


def test_an_album_needs_no_sidecar_of_a_picture() -> None:
    assert facts_in({"metadata.json": json.dumps(ALBUM)}).metadata == {"album": "Trip to Gdańsk"}


def test_another_metadata_file_is_no_album() -> None:
    files = {"IMG.jpg.json": json.dumps(TAKEOUT), "metadata.json": '{"title": "Settings"}'}
    assert "album" not in facts_in(files).metadata


def test_an_asset_of_immich_is_read() -> None:
    assert facts_in({"IMG.jpg.json": json.dumps(ASSET)}) == SidecarFacts(
        caption="At the lake",
        tags=("Paris",),
        taken_at=datetime(2020, 9, 20, 10, 12, 7, tzinfo=UTC),
        latitude=48.85341,
        longitude=2.3488,
        external_id="4f6c2b1e",
        metadata={"people": ["Anna"], "favorite": True, "rating": 4},
    )


def test_what_immich_go_wrote_is_read() -> None:
    written = {
        "fileName": "IMG.jpg",
        "latitude": 48.85341,
        "longitude": 2.3488,
        "dateTaken": "2020-09-20T12:12:07+02:00",
        "description": "At the lake",
        "albums": [{"title": "Lakes"}],
        "tags": [{"value": "Places/Lake"}],
        "rating": 3,
        "favorited": True,
    }
    facts = facts_in({"IMG.jpg.JSON": json.dumps(written)})
    assert facts.taken_at == datetime(2020, 9, 20, 10, 12, 7, tzinfo=UTC)
    assert (facts.latitude, facts.tags, facts.caption) == (48.85341, ("Lake",), "At the lake")
    assert facts.metadata == {"album": "Lakes", "favorite": True, "rating": 3}


def test_tags_beyond_the_limit_are_noted() -> None:
    tags = [{"value": f"Tag {number}"} for number in range(60)]
    facts = facts_in({"IMG.jpg.json": json.dumps({**ASSET, "tags": tags})})
    assert (len(facts.tags), facts.problems) == (50, ("sidecar_shortened",))
    facts = facts_in({"IMG.jpg.json": json.dumps({**ASSET, "tags": tags[:50]})})
    assert (len(facts.tags), facts.problems) == (50, ())


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b'{"photoTakenTime": {', "sidecar_damaged"),
        (b"[" * 100_000, "sidecar_damaged"),
        (b"[]", "sidecar_damaged"),
        (b"\xff\xfe\x00", "sidecar_damaged"),
        (b'{"width": 3}', "sidecar_unknown"),
        (b" " * (MAX_BYTES + 1), "sidecar_too_large"),
    ],
)
def test_a_broken_sidecar_is_a_problem(data: bytes, problem: str) -> None:
    assert facts_in({"IMG.jpg.json": data}) == SidecarFacts(problems=(problem,))


@pytest.mark.parametrize("error", [KeyError("gone"), OSError("unreadable")])
def test_a_sidecar_that_cannot_be_opened(error: Exception) -> None:
    def read(_: str) -> bytes:
        raise error

    facts = facts_for("IMG.jpg", {"IMG.jpg", "IMG.jpg.json"}, read)
    assert facts.problems == ("sidecar_unreadable",)


def test_long_values_are_cut() -> None:
    people = [{"name": f"{number} {'名' * 200}"} for number in range(100)]
    facts = takeout(description="x" * 5000, people=people)
    assert len(facts.caption) == 2000
    assert len(json.dumps(facts.metadata, ensure_ascii=False).encode()) <= MAX_METADATA_BYTES
    assert facts.metadata["favorite"] is True
    assert facts.problems == ("sidecar_shortened",)


def test_a_picture_without_sidecar_has_no_facts() -> None:
    assert facts_in({"other.jpg.json": json.dumps(TAKEOUT)}) == SidecarFacts()
