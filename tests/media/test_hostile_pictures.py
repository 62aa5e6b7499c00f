from __future__ import annotations

import base64
import time
from collections.abc import Callable

import pytest
from PIL import Image, ImageChops, ImageStat

from gallery.core.errors import CorruptImage, TooManyPixels
from gallery.media.decode import FileFacts, decode_query
from tests import hostile, scenes
from tests.hostile import CANARY
from tests.media.conftest import Decode

WITH_METADATA = {
    "jpeg": hostile.jpeg_with_metadata,
    "png": hostile.png_with_metadata,
}


@pytest.mark.parametrize("size", [(32_768, 32_768), (65_535, 65_535), (2**31 - 1, 1)])
def test_a_header_with_too_many_pixels_is_refused(size: tuple[int, int], decoded: Decode) -> None:
    started = time.perf_counter()
    with pytest.raises(TooManyPixels):
        decoded(hostile.png_claiming(*size))
    assert time.perf_counter() - started < 2


def test_frames_count_as_pixels(decoded: Decode) -> None:
    with pytest.raises(TooManyPixels, match="2001 frames"):
        decoded(hostile.gif_of_frames(2000))


@pytest.mark.parametrize(
    "data",
    [
        hostile.truncated_jpeg(),
        hostile.png_claiming(300, 300),
        hostile.png_claiming(0, 5),
        b"\xff\xd8\xff\xe0",
        b"GIF89a",
        b"II*\0\x08\0\0\0",
        scenes.heic()[:300],
        scenes.photo("AVIF")[:200],
        scenes.photo("WEBP")[:60],
    ],
)
def test_a_damaged_picture_is_an_error(data: bytes, decoded: Decode) -> None:
    with pytest.raises(CorruptImage) as error:
        decoded(data)
    assert "/" not in error.value.message, "the message shows no path"


def test_damaged_exif_is_ignored(decoded: Decode) -> None:
    assert decoded(hostile.jpeg_with_broken_exif()).facts.exif == {}


@pytest.mark.parametrize("format", WITH_METADATA)
def test_previews_contain_no_metadata(format: str, decoded: Decode) -> None:
    result = decoded(WITH_METADATA[format]())
    for path in result.previews.values():
        data = path.read_bytes()
        assert data[12:16] in (b"VP8 ", b"VP8L"), "a plain file, without extension chunks"
        for encoding in _encodings(CANARY):
            assert encoding not in data


def test_only_permitted_exif_fields_are_read(decoded: Decode) -> None:
    facts = decoded(hostile.jpeg_with_metadata()).facts
    assert facts == FileFacts(
        exif={"exposure": "1/250", "f_number": 2.8, "iso": 200, "focal_length": 35.0},
        camera="Contoso X100",
        lens="Contoso 35 mm f/2",
        taken_at="2021-05-06T07:08:09+02:00",
        latitude=None,
        longitude=None,
        keywords=[],
    )


def test_a_large_bomb_stays_below_the_memory_limit(
    decoded: Decode, gallery_setting: Callable[..., None]
) -> None:
    gallery_setting(decode_memory=1 << 30)
    assert decoded(hostile.bomb_png(8_000)).width == 8_000


@pytest.mark.parametrize("size", [(1, 128_000_000), (128_000_000, 1), (120, 125_000)])
def test_absurd_proportions_are_refused(size: tuple[int, int], decoded: Decode) -> None:
    with pytest.raises(TooManyPixels, match="times as long"):
        decoded(hostile.png_claiming(*size))


def test_a_deep_picture_is_decoded_without_copies(
    decoded: Decode, gallery_setting: Callable[..., None]
) -> None:
    """Its 64 million pixels take 256 MB, and each copy as many again."""
    gallery_setting(decode_memory=420 << 20)
    assert decoded(hostile.deep_png(8000)).width == 8000


def test_memory_limits_the_pixels_of_each_format(
    decoded: Decode, gallery_setting: Callable[..., None]
) -> None:
    """A WebP picture takes four times the memory of a PNG picture."""
    gallery_setting(decode_memory=200 << 20)
    with pytest.raises(TooManyPixels, match=r"more than 5\.243 million"):
        decoded(scenes.photo("WEBP", size=(2500, 2200)))
    assert decoded(scenes.photo("PNG", size=(2500, 2200))).width == 2500


@pytest.mark.parametrize("size", [(4800, 3600), (5001, 3303), (900, 20_003)])
def test_reduction_in_strips_leaves_no_seams(size: tuple[int, int]) -> None:
    noise = Image.effect_noise((size[0] // 50, size[1] // 50), 200).resize(size)
    picture = Image.merge("RGB", [noise, noise.transpose(Image.Transpose.ROTATE_180), noise])
    reduced = decode_query(scenes.encoded(picture, compress_level=1))
    expected = picture.resize(reduced.size, Image.Resampling.HAMMING)
    difference = ImageChops.difference(reduced, expected).convert("L")
    assert ImageStat.Stat(difference).extrema[0][1] < 12
    assert ImageStat.Stat(difference).mean[0] < 1


def _encodings(word: str) -> list[bytes]:
    plain = word.encode()
    # Without the first characters and the padding, which depend on the surrounding bytes.
    return [plain, word.encode("utf-16-le"), base64.b64encode(plain)[4:-4]]
