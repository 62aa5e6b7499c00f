"""Pairs of names from real exports, as people reported them (docs/sidecars.md has the sources)."""

from __future__ import annotations

import pytest

from tests.ingest.imports.sidecars.folder import facts_in

SIDECAR = '{"photoTakenTime": {"timestamp": "1600596727"}}'

# 46 UTF-16 code units.
EMOJI = "😀😃😄😁😆😅😂🤣🥲☺️😊😇🙂🙃😉😌😍🥰😘😗😙😚😋"

PAIRS = [
    ("IMG.jpg", "IMG.jpg.json"),
    ("IMG.jpg", "IMG.jpg.supplemental-metadata.json"),
    ("PXL_20210102_221126856.MP~2.jpg", "PXL_20210102_221126856.MP~2.jpg.json"),
    # Cut to 46 characters, before 2025 and since.
    (
        "PXL_20230809_203449253.LONG_EXPOSURE-02.ORIGINA.jpg",
        "PXL_20230809_203449253.LONG_EXPOSURE-02.ORIGIN.json",
    ),
    (
        "05yqt21kruxwwlhhgrwrdyb6chhwszi9bqmzu16w0 2.jpg",
        "05yqt21kruxwwlhhgrwrdyb6chhwszi9bqmzu16w0 2.jp.json",
    ),
    (f"{EMOJI}😛.jpg", f"{EMOJI}.json"),
    (
        "IMG_20120216_094016_with_a_long_name.jpg",
        "IMG_20120216_094016_with_a_long_name.jpg.suppl.json",
    ),
    (
        "IMG_20200920_131207_abcdefghijklmnopqrstu.jpg",
        "IMG_20200920_131207_abcdefghijklmnopqrstu.jpg..json",
    ),
    # Cut elsewhere by the program that unpacked the archive.
    ("IMG_20120216_094016.jpg", "IMG_20120216_094016.jpg.supplementa.json"),
    ("IMG.jpg", "IMG.jpg.s.json"),
    # Of repeated names, the number is at the end.
    ("DSC_0101(1).JPG", "DSC_0101.JPG(1).json"),
    ("2025-04-28(3516).jpg", "2025-04-28.jpg.supplemental-metadata(3516).json"),
    ("image(1).png", "image(1).png.supplemental-metadata.json"),
    ("Negative0-36-35(1)(1).jpg", "Negative0-36-35(1).jpg.supplemental-metadata(1).json"),
    (
        "Backyard_ceremony_wedding_photography_xxxxxxx_m(494).jpg",
        "Backyard_ceremony_wedding_photography_xxxxxxx_(494).json",
    ),
    (
        "13039_327707840323_537645323_9470255_27214_n(1).jpg",
        "13039_327707840323_537645323_9470255_27214_n.j(1).json",
    ),
    (
        "original_1d4caa6f-16c6-4c3d-901b-9387de10e528_P(1).jpg",
        "original_1d4caa6f-16c6-4c3d-901b-9387de10e528_.json",
    ),
    # Without the extension of the picture.
    ("Peanut Butter Balls.jpg", "Peanut Butter Balls.supplemental-metadata.json"),
    ("2013-12-23(1).jpg", "2013-12-23.supplemental-metadata(1).json"),
    # Edited pictures.
    ("IMG-edited.jpg", "IMG.jpg.json"),
    ("IMG-bearbeitet.jpg", "IMG.HEIC.supplemental-metadata.json"),
    ("PXL_20220405_090123740.PORTRAIT-modifié.jpg", "PXL_20220405_090123740.PORTRAIT.jpg.json"),
    ("IMG-edited(2).jpg", "IMG.jpg.supplemental-metadata(2).json"),
    ("Negative0-36-35(1)-editat.jpg", "Negative0-36-35(1).jpg.supplemental-metadata.json"),
    ("Negative0-36-35(1)-editat(1).jpg", "Negative0-36-35(1).jpg.supplemental-metadata(1).json"),
    (
        "ccccm_20210613_184811_ssssnnnnnnn_666666666-edi.jpg",
        "ccccm_20210613_184811_ssssnnnnnnn_666666666.jp.json",
    ),
    ("2234089303984509579-edited.jpg", "2234089303984509579.supplemental-metadata.json"),
]  # fmt: skip

STRANGERS = [
    ("PXL_20211013_220651958.jpg", "PXL_20211013_220651983.jpg.json"),
    ("PXL_20220405_090123741.PORTRAIT-modifié.jpg", "PXL_20220405_090123740.PORTRAIT.jpg.json"),
    ("DSC_0102(1).JPG", "DSC_0102.JPG(2).json"),
    ("DSC_0103.JPG", "DSC_0103.JPG(1).json"),
    ("DSC_0104(1).JPG", "DSC_0104.JPG.json"),
    (
        "Backyard_ceremony_wedding_photography_xxxxxxx_m(185).jpg",
        "Backyard_ceremony_wedding_photography_xxxxxxx_(494).json",
    ),
    ("photo-sunset.jpg", "photo.jpg.json"),
    ("IMG.jpg", "IMG.jpg.exif.json"),
]


@pytest.mark.parametrize(("picture", "sidecar"), PAIRS)
def test_the_sidecar_of_a_picture_is_read(picture: str, sidecar: str) -> None:
    assert facts_in({sidecar: SIDECAR}, f"Takeout/{picture}").taken_at is not None
    assert facts_in({sidecar: SIDECAR}, picture).taken_at is not None


@pytest.mark.parametrize(("picture", "sidecar"), STRANGERS)
def test_another_picture_has_another_sidecar(picture: str, sidecar: str) -> None:
    assert facts_in({sidecar: SIDECAR}, picture).taken_at is None


def test_a_repeated_name_prefers_its_number() -> None:
    other = SIDECAR.replace("1600596727", "1")
    names = {"IMG.jpg.json": other, "IMG(1).jpg.json": SIDECAR, "IMG.jpg(2).json": other}
    taken_at = facts_in(names, "IMG(1).jpg").taken_at
    assert taken_at is not None
    assert taken_at.year == 2020
