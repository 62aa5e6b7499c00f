from __future__ import annotations

from pathlib import Path

import PIL.Image
import PIL.ImageDraw
import PIL.ImageFont
import pytest

import gallery
from gallery.media import perceptual_hash
from gallery.media.perceptual_hash import from_hexadecimal, hashes_of_preview, hexadecimal

DEMO = Path(gallery.__file__).parent / "demo"


def test_a_smaller_copy_has_nearly_the_same_hash() -> None:
    with PIL.Image.open(DEMO / "001-a-dog-on-a-beach.webp") as picture:
        original = perceptual_hash.perceptual_hash(picture)
        smaller = perceptual_hash.perceptual_hash(picture.resize((200, 150)))
    with PIL.Image.open(DEMO / "100-three-penguins-in-the-snow.webp") as picture:
        other = perceptual_hash.perceptual_hash(picture)
    assert (original ^ smaller).bit_count() <= 4
    assert (original ^ other).bit_count() > 16


def test_the_detail_hash_tells_pages_of_text_apart() -> None:
    pages = [_page_of(letter) for letter in "em"]
    first, second = (int.from_bytes(perceptual_hash.detail_hash(page)) for page in pages)
    smaller = int.from_bytes(perceptual_hash.detail_hash(pages[0].resize((300, 400))))
    assert (first ^ smaller).bit_count() <= 20
    assert (first ^ second).bit_count() > 60


def test_plain_pictures_have_no_details() -> None:
    plain = PIL.Image.new("RGB", (300, 200), "#336699")
    assert perceptual_hash.detail_hash(plain) == b""


def _page_of(letter: str) -> PIL.Image.Image:
    """The same layout with other words: lines of different lengths."""
    page = PIL.Image.new("RGB", (600, 800), "white")
    draw = PIL.ImageDraw.Draw(page)
    for line in range(24):
        words = letter * (20 + line * ord(letter) % 37)
        draw.text((40, 40 + 30 * line), words, "black", PIL.ImageFont.load_default(20))
    return page


def test_the_hash_is_that_of_other_programs() -> None:
    """The value of ``imagehash.phash`` of ImageHash 4.3.2 for this file."""
    value = hashes_of_preview(DEMO / "001-a-dog-on-a-beach.webp").perceptual_hash
    assert value is not None
    assert hexadecimal(value) == "da4c9494356deb23"


@pytest.mark.parametrize("text", ["0000000000000000", "ffffffffffffffff", "8000000000000001"])
def test_hexadecimal_digits_become_the_same_hash(text: str) -> None:
    assert hexadecimal(from_hexadecimal(text)) == text


@pytest.mark.parametrize("text", ["", "12", "g" * 16, "0" * 17, " " * 16])
def test_other_texts_are_no_hash(text: str) -> None:
    with pytest.raises(ValueError, match="hexadecimal"):
        from_hexadecimal(text)


def test_a_damaged_preview_has_no_hash(tmp_path: Path) -> None:
    path = tmp_path / "small.webp"
    assert hashes_of_preview(path) == (None, None)
    path.write_bytes(b"RIFF0000WEBPdamaged")
    assert hashes_of_preview(path) == (None, None)
