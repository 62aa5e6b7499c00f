"""Files of pictures that an older version stored are read again, for their places."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from gallery.core.dispatch import Stage
from gallery.core.errors import DecoderCrash
from gallery.ingest import change
from gallery.ingest.facts import reread
from gallery.media import decode, storage
from gallery.media.decode import FileFacts
from gallery.models import Image, State
from tests import hostile, scenes
from tests.conftest import Hint
from tests.other_process import start

pytestmark = pytest.mark.django_db(transaction=True)

Make = Callable[..., Image]
SYDNEY = (-33.8568, 151.2153)


@pytest.fixture
def old(derived: Make) -> Make:
    """A processed image as an older version left it: nothing is known of its file."""

    def make(data: bytes | None = None) -> Image:
        image = derived(data or scenes.taken_at_place(*SYDNEY))
        Image.objects.filter(pk=image.pk).update(
            facts_version=0, latitude=None, longitude=None, state=State.READY
        )
        return image

    return make


def place_of(image: Image) -> tuple[float | None, float | None]:
    image.refresh_from_db()
    return image.latitude, image.longitude


def test_the_place_of_an_old_image_is_read(old: Make) -> None:
    image = old()
    before = image.updated_at
    reread.run()
    assert place_of(image) == SYDNEY
    assert not Image.objects.awaiting_facts().exists()
    assert image.updated_at == before


def test_a_date_that_was_cleared_stays_so(old: Make) -> None:
    image = old(hostile.jpeg_with_metadata())
    change.edit(image, taken_at=None)
    reread.run()
    image.refresh_from_db()
    assert (image.camera, image.taken_at) == ("Contoso X100", None)


def test_a_killed_run_is_continued(old: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    images = [old(scenes.taken_at_place(*SYDNEY, size=(60, side))) for side in range(40, 44)]
    worker = start("tests.ingest.programs.read_facts_and_hang")
    assert worker.stdout is not None
    assert [worker.stdout.readline() for _ in range(3)] == [f"reading {n}\n" for n in (1, 2, 3)]
    reread.run()
    assert Image.objects.awaiting_facts().count() == 2, "one process reads at a time"
    worker.kill()
    worker.communicate()
    reads = count_reads(monkeypatch)
    wait_for_the_lock_of_the_dead()
    assert len(reads) == 2
    assert [place_of(image) for image in images] == [SYDNEY] * 4


def test_a_slice_hints_the_next_one(old: Make, hints: list[Hint]) -> None:
    old(), old(scenes.taken_at_place(*SYDNEY, size=(60, 50)))
    hints.clear()
    reread.run(seconds=0)
    assert hints == [(Stage.READ_FACTS, ())]
    reread.run(seconds=60)
    assert len(hints) == 1
    assert not Image.objects.awaiting_facts().exists()


def test_uploads_come_first(old: Make, stored: Make) -> None:
    image = old()
    stored(scenes.photo("PNG"))
    reread.run()
    assert place_of(image) == (None, None)


def test_a_file_that_crashes_is_read_once(old: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    image = old(hostile.jpeg_with_metadata())
    attempts = count_reads(monkeypatch, error=DecoderCrash("died"))
    reread.run()
    reread.run()
    image.refresh_from_db()
    assert (len(attempts), image.camera, image.state) == (1, "Contoso X100", State.READY)


def test_a_lost_original_is_skipped(old: Make) -> None:
    image = old()
    storage.original_path(image).unlink()
    reread.run()
    assert place_of(image) == (None, None)
    assert not Image.objects.awaiting_facts().exists()


def test_an_unmounted_store_is_waited_for(old: Make, own_media: Path) -> None:
    image, moved = old(), own_media.with_name("moved")
    own_media.rename(moved)
    reread.run()
    assert Image.objects.awaiting_facts().exists()
    moved.rename(own_media)
    reread.run()
    assert place_of(image) == SYDNEY


def test_the_command_reads_everything(old: Make, capsys: Any) -> None:
    image = old()
    call_command("readfacts")
    assert place_of(image) == SYDNEY
    assert capsys.readouterr().out == "Read the files of 1 of 1 pictures.\n"


def test_the_command_forgets_places(old: Make, capsys: Any) -> None:
    image = old()
    call_command("readfacts")
    call_command("readfacts", forget_places=True)
    assert place_of(image) == (None, None)
    assert capsys.readouterr().out.endswith("Deleted the places of 1 pictures.\n")
    call_command("readfacts")
    assert place_of(image) == (None, None)
    call_command("readfacts", again=True)
    assert place_of(image) == SYDNEY


def count_reads(monkeypatch: pytest.MonkeyPatch, error: Exception | None = None) -> list[Path]:
    """The files that are read from now on; each raises ``error`` if it is given."""
    reads: list[Path] = []
    real_read_facts = decode.read_facts

    def read_facts(source: Path, format: str) -> FileFacts:
        reads.append(source)
        if error:
            raise error
        return real_read_facts(source, format)

    monkeypatch.setattr(decode, "read_facts", read_facts)
    return reads


def wait_for_the_lock_of_the_dead() -> None:
    """PostgreSQL releases the lock of a killed process when it notices; this reads what is left."""
    assert all(reread.read_all())
