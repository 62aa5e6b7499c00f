from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image

from gallery.media.decode import QUERY_SIDE, decode_query
from gallery.media.previews import SIZES
from tests import hostile, scenes
from tests.media.conftest import Decode
from tests.media.test_sniff import GOOD
from tests.scenes import BLUE, GREEN, RED, YELLOW, corners, near

Preview = Callable[[bytes], Image.Image]


@pytest.mark.parametrize("format", GOOD)
def test_every_accepted_format_gives_the_same_picture(format: str, preview: Preview) -> None:
    colours = corners(preview(GOOD[format]))
    assert all(near(*pair, within=24) for pair in zip(colours, _QUADRANTS, strict=True)), colours


@pytest.mark.parametrize("format", ["JPEG", "WEBP", "PNG", "TIFF", "AVIF"])
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_previews_are_upright(format: str, orientation: int, decoded: Decode) -> None:
    _check_upright(format, orientation, decoded)


@pytest.mark.parametrize("orientation", [2, 4, 5, 7])
def test_mirrored_pictures_are_upright_too(orientation: int, decoded: Decode) -> None:
    _check_upright("JPEG", orientation, decoded)


def test_no_preview_is_longer_than_its_size(decoded: Decode) -> None:
    result = decoded(scenes.photo("JPEG", size=(2400, 1200)))
    assert (result.width, result.height) == (2400, 1200)
    sizes = {name: scenes.opened(path).size for name, path in result.previews.items()}
    assert sizes == {name: (side, side // 2) for name, side in SIZES.items()}


def test_a_small_picture_is_not_enlarged(preview: Preview) -> None:
    assert preview(scenes.photo("PNG", size=(60, 40))).size == (60, 40)


@pytest.mark.parametrize("size", [(1, 3000), (3000, 1), (1, 1)])
def test_extreme_shapes_have_previews(size: tuple[int, int], decoded: Decode) -> None:
    result = decoded(scenes.photo("PNG", size=size))
    assert (result.width, result.height) == size
    assert all(min(scenes.opened(path).size) == 1 for path in result.previews.values())


def test_the_colour_is_the_most_frequent(decoded: Decode) -> None:
    picture = Image.new("RGB", (50, 50), BLUE)
    picture.paste(RED, (0, 0, 50, 10))
    assert decoded(scenes.encoded(picture)).colour == "#{:02x}{:02x}{:02x}".format(*BLUE)


def test_the_first_frame_of_an_animation_is_shown(preview: Preview) -> None:
    frames = [Image.new("RGB", (40, 40), colour) for colour in (GREEN, RED)]
    data = scenes.encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert near(preview(data).getpixel((20, 20)), GREEN)  # type: ignore[arg-type]


def test_a_second_picture_in_a_jpeg_is_ignored(
    decoded: Decode, gallery_setting: Callable[..., None]
) -> None:
    gallery_setting(max_pixels=60 * 40)
    assert decoded(hostile.mpo()).width == 60


def test_a_query_picture_is_upright_rgb_and_small() -> None:
    image = decode_query(_turned("JPEG", 6, size=(1800, 1200)))
    assert (image.mode, image.size) == ("RGB", (QUERY_SIDE, QUERY_SIDE * 2 // 3))
    assert all(near(*pair) for pair in zip(corners(image), _QUADRANTS, strict=True))


_QUADRANTS = [RED, GREEN, BLUE, YELLOW]
_STORED_AS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def _turned(format: str, orientation: int, size: tuple[int, int] = (60, 40)) -> bytes:
    """``quadrants``, turned, with the EXIF orientation that makes it upright again."""
    image = scenes.quadrants(*size)
    if orientation in _STORED_AS:
        image = image.transpose(_STORED_AS[orientation])
    exif = Image.Exif()
    exif[274] = orientation
    return scenes.encoded(image, format, exif=exif)


def _check_upright(format: str, orientation: int, decoded: Decode) -> None:
    result = decoded(_turned(format, orientation))
    assert (result.width, result.height) == (60, 40)
    colours = corners(scenes.opened(result.previews["large"]))
    assert all(near(*pair, within=24) for pair in zip(colours, _QUADRANTS, strict=True)), colours
