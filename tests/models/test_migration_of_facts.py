"""Images of an older version get their camera, lens and CIELAB colour during the upgrade."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from gallery.media.lab import lab_of
from gallery.models import Image
from tests.models.test_migrations import migrate

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

BEFORE = ("gallery", "0005_search_foundation")
MakeOld = Callable[..., uuid.UUID]


@pytest.fixture
def make_old() -> Iterator[MakeOld]:
    """Creates an image in the schema before the upgrade; returns its key."""
    apps = MigrationExecutor(connection).migrate([BEFORE]).apps

    def make(**fields: Any) -> uuid.UUID:
        key = uuid.uuid4()
        values = {"original": "x", "sha256": key.hex, "size": 1, "format": "png", "state": "ready"}
        apps.get_model("gallery", "Image").objects.create(id=key, **{**values, **fields})
        return key

    yield make
    migrate()


def test_camera_and_lens_become_columns(make_old: MakeOld) -> None:
    key = make_old(exif={"camera": "Nikon " * 30, "lens": "50 mm", "iso": 200})
    migrate()
    image = Image.objects.get(pk=key)
    assert (image.camera, image.lens, image.exif) == (("Nikon " * 30)[:100], "50 mm", {"iso": 200})


def test_colours_are_converted_as_for_new_images(make_old: MakeOld) -> None:
    colours = ("#000000", "#0a0b0c", "#ffffff", "#336699", "#e6007d")
    keys = {colour: make_old(colour=colour) for colour in colours}
    migrate()
    for colour, key in keys.items():
        lab = Image.objects.values_list("lightness", "green_red", "blue_yellow").get(pk=key)
        assert lab == pytest.approx(lab_of(colour), abs=1e-6)


def test_images_without_a_colour_stay_without(make_old: MakeOld) -> None:
    for colour in ("", "#12", "red"):
        make_old(colour=colour, exif={"camera": "Nikon F3"})
    migrate()
    facts = Image.objects.values_list("camera", "lightness")
    assert list(facts) == [("Nikon F3", None)] * 3


def test_the_files_of_old_images_are_read_again(make_old: MakeOld) -> None:
    ready, failed = make_old(), make_old(state="failed")
    migrate()
    assert list(Image.objects.awaiting_facts().values_list("pk", flat=True)) == [ready]
    assert Image.objects.filter(pk=failed).exists()
