from __future__ import annotations

from typing import Any

import pytest
from PIL import Image, ImageCms

from gallery.core.errors import CorruptImage
from gallery.media.decoding_child.colours import eight_bit, srgb_on_white
from tests import hostile
from tests.scenes import BLUE, GREEN, RED, YELLOW, corners, encoded, near, opened, quadrants

WHITE = (255, 255, 255)


def shown(image: Image.Image, format: str, **options: Any) -> Image.Image:
    """The image, written to a file of ``format``, read back and converted."""
    picture = opened(encoded(image, format, **options))
    return srgb_on_white(eight_bit(picture), picture.info.get("icc_profile"))


@pytest.mark.parametrize(
    ("mode", "format"),
    [
        ("RGB", "JPEG"), ("RGB", "PNG"), ("CMYK", "JPEG"), ("CMYK", "TIFF"), ("P", "PNG"),
        ("P", "GIF"), ("RGBA", "PNG"), ("RGBA", "TIFF"), ("YCbCr", "TIFF"), ("LAB", "TIFF"),
    ],
)  # fmt: skip
def test_colours_survive_every_mode(mode: str, format: str) -> None:
    image = _lab() if mode == "LAB" else quadrants(mode=mode)
    result = corners(shown(image, format))
    assert all(near(*pair, within=20) for pair in zip(result, _QUADRANTS, strict=True)), result


@pytest.mark.parametrize(
    ("mode", "values"),
    [("I;16", (0, 32768, 65535)), ("I", (0, 32768, 65535)), ("F", (0.0, 0.5, 1.0))],
)
def test_deep_grey_is_scaled_and_not_clipped(mode: str, values: tuple[float, ...]) -> None:
    image = Image.new(mode, (3, 1))
    for x, value in enumerate(values):
        image.putpixel((x, 0), value)
    result = shown(image, "TIFF")
    assert [result.getpixel((x, 0))[0] for x in range(3)] == pytest.approx([0, 127, 255], abs=1)  # type: ignore[index]


def test_grey_of_sixteen_bits_in_a_png() -> None:
    image = Image.new("I;16", (4, 4), 0x8000)
    assert near(shown(image, "PNG").getpixel((1, 1)), (128, 128, 128), within=1)  # type: ignore[arg-type]


def test_pixels_that_are_nan_are_refused() -> None:
    with pytest.raises(CorruptImage):
        eight_bit(Image.new("F", (2, 2), float("nan")))


@pytest.mark.parametrize("mode", ["LA", "RGBA", "PA"])
def test_transparent_pixels_are_shown_on_white(mode: str) -> None:
    clear = Image.new("RGBA", (8, 8), (*RED, 0)).convert(mode)
    assert srgb_on_white(eight_bit(clear), None).getpixel((4, 4)) == WHITE


@pytest.mark.parametrize(("mode", "key"), [("P", 0), ("L", 7), ("RGB", RED)])
def test_a_colour_declared_transparent_is_shown_on_white(mode: str, key: Any) -> None:
    colour: Any = {"P": 0, "L": 7, "RGB": RED}[mode]
    image = Image.new(mode, (8, 8), colour)
    if mode == "P":
        image.putpalette([*RED, *GREEN])
    assert shown(image, "PNG", transparency=key).getpixel((4, 4)) == WHITE


def test_one_bit_is_black_and_white() -> None:
    image = Image.new("1", (8, 8), 1)
    image.paste(0, (0, 0, 4, 8))
    result = shown(image, "PNG")
    assert (result.getpixel((1, 1)), result.getpixel((6, 1))) == ((0, 0, 0), WHITE)


def test_a_profile_is_applied() -> None:
    plain = Image.new("RGB", (8, 8), (55, 55, 55))
    same = shown(plain, "PNG", icc_profile=hostile.srgb_profile())
    lighter = shown(plain, "PNG", icc_profile=hostile.linear_profile())
    assert near(same.getpixel((4, 4)), (55, 55, 55), within=1)  # type: ignore[arg-type]
    assert near(lighter.getpixel((4, 4)), (128, 128, 128), within=3)  # type: ignore[arg-type]


@pytest.mark.parametrize("profile", [b"not a profile", hostile.srgb_profile()[:200]])
def test_a_broken_profile_is_ignored(profile: bytes) -> None:
    result = corners(srgb_on_white(quadrants(), profile))
    assert all(near(*pair) for pair in zip(result, _QUADRANTS, strict=True))


def test_the_result_has_no_metadata() -> None:
    picture = quadrants()
    picture.info = {"comment": "x", "exif": b"x", "xmp": b"x"}
    assert srgb_on_white(picture, hostile.srgb_profile()).info == {}
    assert picture.info, "the original picture is not changed"


_QUADRANTS = [RED, GREEN, BLUE, YELLOW]


def _lab() -> Image.Image:
    srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    image = ImageCms.profileToProfile(quadrants(), srgb, lab, outputMode="LAB")
    assert image is not None
    return image
