"""Files of phones and cameras that are no pictures for the gallery."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests import scenes
from tests.ingest.imports.conftest import Import, counts, reasons

pytestmark = pytest.mark.django_db(transaction=True)

FILES = {
    "IMG_1.png": scenes.plain(),
    "IMG_1.MOV": b"\0\0\0\x14ftypqt  ",
    "IMG_1.AAE": b"<?xml",
    "IMG_2.nef": b"MM\0*",
    "MVI_3.THM": scenes.photo(),
    "archive_browser.html": b"<!doctype html>",
}


@pytest.mark.parametrize("is_archive", [False, True])
def test_files_of_phones_have_reasons(is_archive: bool, imported: Import, tmp_path: Path) -> None:
    folder = tmp_path / "phone"
    folder.mkdir()
    for name, data in FILES.items():
        (folder / name).write_bytes(data)
    # Too large to be copied; its name is enough.
    with (folder / "long.mp4").open("wb") as file:
        file.truncate(65 << 20)
    source = folder
    if is_archive:
        source = tmp_path / "phone.zip"
        with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(folder.iterdir()):
                archive.write(path, path.name)
    job = imported(source)
    assert counts(job) == (4, 1, 0, 3)
    assert reasons(job) == {
        "IMG_1.MOV": "video", "IMG_2.nef": "camera_raw", "long.mp4": "video",
    }  # fmt: skip
