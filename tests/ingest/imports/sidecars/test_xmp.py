from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gallery.ingest.imports.sidecars.facts import SidecarFacts
from tests.ingest.imports.sidecars.folder import facts_in
from tests.ingest.imports.sidecars.samples import DARKTABLE, IMMICH, packet


def xmp(body: str = "", attributes: str = "") -> SidecarFacts:
    return facts_in({"IMG.jpg.xmp": packet(body, attributes)})


def test_what_immich_writes_is_read() -> None:
    assert xmp(IMMICH) == SidecarFacts(
        caption="In their lab",
        tags=("Marie Curie", "Physics"),
        taken_at=datetime(1900, 1, 1, 0, 1, tzinfo=UTC),
        replaces_date=True,
        latitude=48.85341,
        longitude=2.3488,
        metadata={"rating": 4},
    )


def test_what_darktable_writes_is_read() -> None:
    date = 'exif:DateTimeOriginal="2026:08:10 09:33:16.031" xmp:Rating="0"'
    place = 'exif:GPSLatitude="52,31.2N" exif:GPSLongitude="13,24,36.5W"'
    facts = xmp(DARKTABLE, f"{date} {place}")
    assert facts.tags == ("lake",)
    assert facts.taken_at == datetime(2026, 8, 10, 9, 33, 16, 31_000)
    assert not facts.replaces_date
    assert (facts.latitude, facts.longitude) == (52.52, -13.410139)
    assert facts.metadata == {}


def test_the_default_language_is_taken() -> None:
    title = """<dc:title><rdf:Alt><rdf:li xml:lang="de">Am See</rdf:li>
        <rdf:li xml:lang="x-default"> At the lake </rdf:li></rdf:Alt></dc:title>"""
    assert xmp(title).title == "At the lake"


def test_people_and_label_become_metadata() -> None:
    regions = """<mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:RegionList><rdf:Bag>
        <rdf:li><rdf:Description mwg-rs:Name="Anna" mwg-rs:Type="Face"/></rdf:li>
        <rdf:li rdf:parseType="Resource"><mwg-rs:Name>Ben</mwg-rs:Name></rdf:li>
        </rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>
        <Iptc4xmpExt:PersonInImage><rdf:Bag><rdf:li>Cem</rdf:li></rdf:Bag></Iptc4xmpExt:PersonInImage>"""
    metadata = xmp(regions, 'xmp:Label="Red"').metadata
    assert metadata == {"people": ["Anna", "Ben", "Cem"], "label": "Red"}


def test_a_number_with_a_direction_is_a_place() -> None:
    latitude = 'exif:GPSLatitude="33.8568" exif:GPSLatitudeRef="S"'
    longitude = 'exif:GPSLongitude="151.2153" exif:GPSLongitudeRef="E"'
    facts = xmp(attributes=f"{latitude} {longitude}")
    assert (facts.latitude, facts.longitude) == (-33.8568, 151.2153)


@pytest.mark.parametrize("place", ["0,0.000000N", "91,0N", "48,51", "", "N", "48,99999999999999N"])
def test_an_impossible_place_is_none(place: str) -> None:
    assert xmp(attributes=f'exif:GPSLatitude="{place}" exif:GPSLongitude="0,0E"').latitude is None


@pytest.mark.parametrize("date", ["2020", "2020-05", "yesterday", "2020-13-01", "0001-01-01"])
def test_an_incomplete_date_is_none(date: str) -> None:
    assert xmp(attributes=f'exif:DateTimeOriginal="{date}"').taken_at is None


@pytest.mark.parametrize("name", ["IMG.jpg.xmp", "IMG.xmp", "IMG.XMP"])
def test_both_namings_are_read(name: str) -> None:
    assert facts_in({name: packet(IMMICH)}).caption == "In their lab"


def test_the_pictures_own_file_comes_first() -> None:
    files = {"IMG.xmp": packet(DARKTABLE), "IMG.jpg.xmp": packet(IMMICH)}
    assert facts_in(files).tags == ("Marie Curie", "Physics")


def test_what_precedes_damage_is_read() -> None:
    facts = facts_in({"IMG.xmp": packet(IMMICH)[:-150]})
    assert (facts.caption, facts.problems) == ("In their lab", ("sidecar_damaged",))


def test_entities_are_not_expanded() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + packet(
        "<dc:title>&b;</dc:title>"
    )
    assert facts_in({"IMG.xmp": bomb}) == SidecarFacts(problems=("sidecar_damaged",))


def test_deep_nesting_ends_the_reading() -> None:
    facts = xmp(IMMICH + "<dc:title>" + "<rdf:li>" * 100_000)
    assert (facts.caption, facts.problems) == ("In their lab", ("sidecar_damaged",))


def test_xmp_counts_more_than_json() -> None:
    takeout = (
        '{"description": "From Google", "photoTakenTime": {"timestamp": "1600596727"}, "url": "u"}'
    )
    facts = facts_in({"IMG.jpg.json": takeout, "IMG.jpg.xmp": packet(IMMICH)})
    assert facts.caption == "In their lab"
    assert (facts.taken_at or datetime.min).year == 1900
    assert facts.metadata == {"url": "u", "rating": 4}
