from __future__ import annotations

import pytest

from gallery.media.decoding_child import keywords
from tests import hostile, scenes
from tests.keywords import jpeg_with_iptc, tiff_with_iptc, with_xmp, xmp_of

ENTITIES = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)


def read(data: bytes) -> list[str]:
    image = scenes.opened(data)
    image.load()
    return keywords.read(image)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"])
def test_xmp_is_read_from_each_format(format: str) -> None:
    assert read(with_xmp("Boat & sea", "海滩", format=format)) == ["Boat & sea", "海滩"]


@pytest.mark.parametrize(
    ("value", "declared", "expected"),
    [
        (b"beach", False, "beach"),
        ("海滩".encode(), False, "海滩"),
        ("Café".encode(), True, "Café"),
        ("Café".encode("latin-1"), False, "Café"),
    ],
)
def test_iptc_is_read_in_its_encoding(value: bytes, declared: bool, expected: str) -> None:
    assert read(jpeg_with_iptc(value, b"sea", declared_utf8=declared)) == [expected, "sea"]


def test_iptc_is_read_from_tiff() -> None:
    assert read(tiff_with_iptc(b"beach", b"sea")) == ["beach", "sea"]


def test_entities_are_not_expanded() -> None:
    data = scenes.photo("JPEG", xmp=xmp_of("first", doctype=ENTITIES).replace(b"first", b"&c;"))
    assert read(data) == []


def test_keywords_before_damage_are_kept() -> None:
    packet = xmp_of("first", "second")
    assert read(scenes.photo("JPEG", xmp=packet[: packet.index(b"second")])) == ["first"]


def test_a_packet_of_many_keywords_is_bounded() -> None:
    found = read(with_xmp(*(f"{number} {'x' * 2_000}" for number in range(300)), format="PNG"))
    assert (len(found), max(map(len, found))) == (200, 500)


@pytest.mark.parametrize(
    "data",
    [
        scenes.photo("PNG"),
        hostile.jpeg_with_metadata(),
        hostile.flipped(jpeg_with_iptc(b"a" * 50, b"b" * 50), list(range(30, 60))),
        scenes.photo("JPEG", xmp=b"\xff\xfe\0<"),
    ],
    ids=["none", "no subject", "damaged IPTC", "damaged XMP"],
)
def test_other_files_have_no_keywords(data: bytes) -> None:
    assert read(data) == []
