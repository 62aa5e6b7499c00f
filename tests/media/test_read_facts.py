"""The metadata of an original, read again without its pixels."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from gallery.core.errors import CorruptImage, TooManyPixels
from gallery.media.decode import FileFacts, read_facts
from gallery.media.sniff import HEAD_SIZE, sniff
from tests import hostile, scenes
from tests.media.conftest import Decode

Read = Callable[[bytes], FileFacts]


@pytest.fixture
def facts(tmp_path: Path) -> Read:
    def run(data: bytes) -> FileFacts:
        source = tmp_path / "again"
        source.write_bytes(data)
        return read_facts(source, sniff(data[:HEAD_SIZE]).name)

    return run


@pytest.mark.parametrize(
    "data",
    [
        hostile.jpeg_with_metadata(),
        scenes.heic(),
        *(scenes.taken_at_place(52.52, 13.405, name) for name in ("PNG", "WEBP", "AVIF", "TIFF")),
    ],
    ids=["jpeg", "heic", "png", "webp", "avif", "tiff"],
)
def test_it_reads_what_decoding_reads(data: bytes, facts: Read, decoded: Decode) -> None:
    assert facts(data) == decoded(data).facts


def test_damaged_pixels_do_not_matter(facts: Read) -> None:
    whole = scenes.taken_at_place(52.52, 13.405, size=(300, 200))
    assert facts(whole[: len(whole) * 2 // 3]).latitude == 52.52


def test_a_damaged_header_is_an_error(facts: Read) -> None:
    with pytest.raises(CorruptImage):
        facts(scenes.photo("WEBP")[:20])


def test_too_many_pixels_are_refused(facts: Read) -> None:
    with pytest.raises(TooManyPixels):
        facts(hostile.png_claiming(65_535, 65_535))


def test_places_can_be_switched_off(facts: Read, gallery_setting: Callable[..., None]) -> None:
    gallery_setting(read_places=False)
    assert facts(scenes.taken_at_place(52.52, 13.405)).latitude is None
