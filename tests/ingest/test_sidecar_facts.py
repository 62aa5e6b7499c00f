"""What a sidecar says holds where the picture's file says nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils.dateparse import parse_datetime

from gallery.core.errors import InvalidInput
from gallery.ingest import change
from gallery.ingest.accept import accept
from gallery.ingest.derive import derive
from gallery.ingest.duplicates import OnDuplicate
from gallery.ingest.facts import reread
from gallery.ingest.imports.sidecars.facts import SidecarFacts, as_fields
from gallery.models import Image
from tests import hostile, scenes

pytestmark = pytest.mark.django_db(transaction=True)

Make = Callable[..., Image]
SYDNEY = (-33.8568, 151.2153)
PARIS = {"latitude": 48.85341, "longitude": 2.3488}
DATE = datetime(2020, 9, 20, 10, 12, 7, tzinfo=UTC)
# What ``hostile.jpeg_with_metadata`` states with its offset.
DATE_OF_FILE = datetime(2021, 5, 6, 5, 8, 9, tzinfo=UTC)


def place_of(image: Image) -> tuple[float | None, float | None]:
    image.refresh_from_db()
    return image.latitude, image.longitude


def fields_of(facts: SidecarFacts) -> dict[str, Any]:
    """As an import keeps them in a row, without tags."""
    fields = as_fields(facts)
    for name in {"taken_at", "sidecar_taken_at"} & fields.keys():
        fields[name] = parse_datetime(fields[name])
    return fields


def test_a_file_without_place_gets_the_sidecars(stored: Make) -> None:
    image = stored(**PARIS)
    assert place_of(image) == (48.85341, 2.3488)
    derive(image.pk)
    assert place_of(image) == (48.85341, 2.3488)


def test_the_files_place_comes_first(derived: Make) -> None:
    assert place_of(derived(scenes.taken_at_place(*SYDNEY), **PARIS)) == SYDNEY


def test_reading_files_again_keeps_the_place(derived: Make) -> None:
    image = derived(**PARIS)
    reread.mark_all()
    list(reread.read_all())
    assert place_of(image) == (48.85341, 2.3488)


def test_places_of_sidecars_can_be_switched_off(derived: Make, gallery_setting: Any) -> None:
    gallery_setting(read_places=False)
    assert place_of(derived(**PARIS)) == (None, None)


def test_places_of_sidecars_can_be_forgotten(derived: Make) -> None:
    image = derived(**PARIS)
    assert reread.forget_places() == 1
    assert place_of(image) == (None, None)


@pytest.mark.parametrize(
    "place",
    [
        {"latitude": 91.0, "longitude": 0.0},
        {"latitude": float("nan"), "longitude": 0.0},
        {"latitude": "north", "longitude": 0.0},
        {"latitude": 1.0},
        {"latitude": None, "longitude": 1.0},
    ],
)
def test_half_or_impossible_places_are_refused(stored: Make, place: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        stored(**place)


def test_people_cannot_change_the_place(stored: Make) -> None:
    with pytest.raises(InvalidInput):
        change.edit(stored(), **PARIS)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (SidecarFacts(taken_at=DATE), DATE_OF_FILE),
        (SidecarFacts(taken_at=DATE, replaces_date=True), DATE),
    ],
)
def test_which_date_counts(derived: Make, facts: SidecarFacts, expected: datetime) -> None:
    assert derived(hostile.jpeg_with_metadata(), **fields_of(facts)).taken_at == expected


def test_a_file_without_date_gets_the_sidecars(derived: Make) -> None:
    assert derived(**fields_of(SidecarFacts(taken_at=DATE))).taken_at == DATE


def test_a_local_time_is_in_the_sites_zone(derived: Make, settings: Any) -> None:
    settings.TIME_ZONE = "Asia/Tokyo"
    facts = SidecarFacts(taken_at=DATE.replace(tzinfo=None))
    assert derived(**fields_of(facts)).taken_at == DATE - timedelta(hours=9)


def test_a_person_may_enter_another_date(stored: Make) -> None:
    image = stored(**fields_of(SidecarFacts(taken_at=DATE)))
    change.edit(image, taken_at=DATE_OF_FILE)
    derive(image.pk)
    image.refresh_from_db()
    assert image.taken_at == DATE_OF_FILE


def again(owner: User, data: bytes, on_duplicate: OnDuplicate) -> Image:
    facts = SidecarFacts(taken_at=DATE, latitude=48.85341, longitude=2.3488, title="Lab")
    accept([data], owner=owner, on_duplicate=on_duplicate, **fields_of(facts))
    return Image.objects.get(owner=owner)


def test_a_repeated_import_fills_in_what_is_missing(owner: User) -> None:
    data = scenes.photo()
    image = accept([data], owner=owner).image
    derive(image.pk)
    assert place_of(again(owner, data, OnDuplicate.KEEP)) == (None, None)
    updated = again(owner, data, OnDuplicate.UPDATE)
    assert (place_of(updated), updated.taken_at, updated.title) == (
        (48.85341, 2.3488),
        DATE,
        "Lab",
    )


def test_a_repeated_import_replaces_nothing_of_the_file(owner: User) -> None:
    data = scenes.taken_at_place(*SYDNEY)
    image = accept([data], owner=owner, taken_at=DATE_OF_FILE).image
    derive(image.pk)
    updated = again(owner, data, OnDuplicate.UPDATE)
    assert (place_of(updated), updated.taken_at) == (SYDNEY, DATE_OF_FILE)


def test_the_files_date_comes_first_after_a_repetition(owner: User) -> None:
    data = hostile.jpeg_with_metadata()
    accept([data], owner=owner)
    image = again(owner, data, OnDuplicate.UPDATE)
    derive(image.pk)
    image.refresh_from_db()
    assert image.taken_at == DATE_OF_FILE
