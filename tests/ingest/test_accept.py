from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import OperationalError

from gallery.core.dispatch import Stage
from gallery.core.errors import (
    EmptyFile,
    FileTooLarge,
    GalleryError,
    InvalidInput,
    StorageFull,
    StorageUnavailable,
    TooManyPixels,
    UnsupportedType,
)
from gallery.ingest.accept import accept
from gallery.media import storage
from gallery.models import Image, State, Visibility
from tests import hostile, scenes
from tests.conftest import Hint

pytestmark = pytest.mark.django_db(transaction=True)

Files = Callable[[], list[Path]]


def test_a_picture_is_stored_with_its_fields(owner: User) -> None:
    data = scenes.photo("PNG")
    accepted = accept(
        [data], owner=owner, file_name="beach.png", title="Beach", visibility="private"
    )
    image = Image.objects.get()
    assert accepted.created
    assert accepted.image == image
    assert storage.original_path(image).read_bytes() == data
    assert (image.sha256, image.size) == (hashlib.sha256(data).hexdigest(), len(data))
    assert (image.owner, image.format, image.state) == (owner, "png", State.STORED)
    assert (image.title, image.visibility) == ("Beach", Visibility.PRIVATE)


def test_the_derive_stage_is_hinted(hints: list[Hint]) -> None:
    image = accept([scenes.photo()], owner=None).image
    assert hints == [(Stage.DERIVE, (str(image.pk),))]


def test_the_default_visibility_is_the_sites(gallery_setting: Callable[..., None]) -> None:
    gallery_setting(default_visibility="members")
    assert accept([scenes.photo()], owner=None).image.visibility == Visibility.MEMBERS


def test_an_anonymous_upload_has_no_owner() -> None:
    assert accept([scenes.photo()], owner=AnonymousUser()).image.owner is None


@pytest.mark.parametrize(
    ("data", "error_type"),
    [
        (b"", EmptyFile),
        (b"x", UnsupportedType),
        (hostile.TEXT, UnsupportedType),
        (hostile.SVG, UnsupportedType),
        (hostile.png_claiming(32_768, 32_768), TooManyPixels),
        (scenes.photo("PNG") + bytes(5_000), FileTooLarge),
    ],
)
def test_a_refused_upload_leaves_nothing(
    data: bytes,
    error_type: type[GalleryError],
    files: Files,
    gallery_setting: Callable[..., None],
) -> None:
    gallery_setting(max_file_size=5_000)
    with pytest.raises(error_type):
        accept([data], owner=None, file_name="holiday.jpg")
    assert not Image.objects.exists()
    assert not files()


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\pictures\\a.jpg", "a.jpg"),
        ("a\0b\r\nc.jpg", "ab c.jpg"),
        ("e\u0301.jpg", "\u00e9.jpg"),
        ("half \ud83d.jpg", "half .jpg"),
        ("海边的狗.jpg", "海边的狗.jpg"),
        ("x" * 300 + ".jpg", "x" * 251 + ".jpg"),
    ],
)
def test_file_names_are_cleaned(sent: str, stored: str, own_media: Path) -> None:
    image = accept([scenes.photo()], owner=None, file_name=sent).image
    assert image.file_name == stored
    assert storage.original_path(image).parent.parent == own_media / "originals"


@pytest.mark.parametrize(
    "fields",
    [{"title": "x" * 201}, {"caption": "x" * 2001}, {"visibility": "nobody"}, {"taken_at": "now"}],
)
def test_invalid_fields_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        accept([scenes.photo()], owner=None, **fields)


def test_unstorable_characters_are_dropped() -> None:
    image = accept([scenes.photo()], owner=None, title="a\0b\ud83d", caption="c\0\nd").image
    assert (image.title, image.caption) == ("ab", "c\nd")


def test_a_full_disk_leaves_nothing(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("gallery.media.storage.os.write", full)
    with pytest.raises(StorageFull) as error:
        accept([scenes.photo()], owner=None)
    assert error.value.status == 507
    assert not Image.objects.exists()
    assert not files()


def test_a_missing_media_folder_is_an_error(own_media: Path) -> None:
    own_media.write_text("a file instead of the folder")
    with pytest.raises(StorageUnavailable):
        accept([scenes.photo()], owner=None)


def test_an_aborted_upload_leaves_nothing(files: Files) -> None:
    def aborted() -> Iterator[bytes]:
        yield scenes.photo()[:100]
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        accept(aborted(), owner=None)
    assert not files()


def test_the_file_is_stored_before_its_row(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    """The row may be committed although the answer to COMMIT was lost, so its file must stay."""

    def lose_connection(*_: Any, **__: Any) -> None:
        assert [path.suffix for path in files()] == [".jpg"]
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(type(Image.objects.all()), "bulk_create", lose_connection)
    monkeypatch.setattr(type(Image.objects), "bulk_create", lose_connection)
    with pytest.raises(OperationalError):
        accept([scenes.photo()], owner=None)
    assert [os.path.splitext(path)[1] for path in files()] == [".jpg"]
