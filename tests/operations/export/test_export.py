"""What an export contains, and what a repetition does."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from gallery.ingest import change
from gallery.ingest.derive import derive
from gallery.media import storage
from gallery.models import Image, TagState
from gallery.models.locks import Lock
from gallery.operations.export import table
from gallery.operations.files import copying
from tests import hostile, scenes
from tests.builders import (
    make_embedding,
    make_image,
    make_space,
    make_tag,
    tag_image,
    unit_vector,
)
from tests.other_session import held_elsewhere

pytestmark = pytest.mark.django_db(transaction=True)

Picture = Callable[..., Image]
Export = Callable[..., str]
Rows = Callable[[], list[dict[str, Any]]]


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_picture_and_its_facts_are_exported(
    picture: Picture, owner: User, export: Export, rows: Rows, folder: Path
) -> None:
    data = hostile.jpeg_with_metadata()
    metadata = {"shop": {"price": 3.5}, "名": ["湖"]}
    image = picture(
        data, owner=owner, file_name="At the: lake?.JPG", title="Lake", caption="One\ntwo",
        metadata=metadata, external_id="42", visibility="private",
    )  # fmt: skip
    derive(image.pk)
    tag_image(image, make_tag("lake", name_zh="湖"))
    assert "Exported 1 pictures" in export()
    [row] = rows()
    assert (folder / row["path"]).read_bytes() == data
    assert Path(row["path"]).name == f"At the_ lake_-{image.sha256[:12]}.jpg"
    assert (row["title"], row["caption"], row["external_id"]) == ("Lake", "One\ntwo", "42")
    assert (row["file_name"], row["visibility"]) == ("At the: lake?.JPG", "private")
    assert (row["tags"], row["tags_zh"]) == (["lake"], ["湖"])
    assert row["taken_at"] == datetime(2021, 5, 6, 5, 8, 9, tzinfo=UTC)
    assert json.loads(row["metadata"]) == metadata
    assert json.loads(row["exif"])["iso"] == 200
    assert (row["owner"], row["id"], row["sha256"]) == ("owner", str(image.pk), image.sha256)
    assert (row["camera"], row["state"]) == ("Contoso X100", "derived")


def test_vectors_of_the_active_space_are_exact(export: Export, rows: Rows) -> None:
    space, other = make_space(), make_space(active=False)
    image, without = make_image(), make_image()
    make_embedding(image, space, unit_vector(1))
    make_embedding(without, other, unit_vector(2))
    export(no_originals=True)
    by_key = {row["id"]: (row["embedding"], row["embedding_model"]) for row in rows()}
    vector, fingerprint = by_key[str(image.pk)]
    assert np.array_equal(np.array(vector, np.float32), unit_vector(1))
    assert fingerprint == space.fingerprint
    assert by_key[str(without.pk)] == (None, None)


def test_suggested_tags_are_not_exported(export: Export, rows: Rows) -> None:
    tag_image(make_image(), make_tag("lake"), state=TagState.SUGGESTED)
    export(no_originals=True)
    assert rows()[0]["tags"] == []


def test_the_place_is_exported(export: Export, rows: Rows) -> None:
    make_image(latitude=-33.8568, longitude=151.2153)
    export(no_originals=True)
    assert (rows()[0]["latitude"], rows()[0]["longitude"]) == (-33.8568, 151.2153)


def test_failed_pictures_are_exported(
    picture: Picture, export: Export, rows: Rows, folder: Path
) -> None:
    derive(picture(hostile.truncated_jpeg()).pk)
    export()
    [row] = rows()
    assert (row["state"], row["error_code"], row["width"]) == ("failed", "corrupt", None)
    assert (folder / row["path"]).is_file()


def test_an_owner_or_a_search_limits_the_export(
    owner: User, curator: User, export: Export, rows: Rows
) -> None:
    for number, person in enumerate((owner, owner, curator)):
        make_image(person, metadata={"number": number})
    export(owner="owner", no_originals=True)
    assert {row["owner"] for row in rows()} == {"owner"}
    assert len(rows()) == 2
    export(query="meta.number:2", no_originals=True)
    assert [json.loads(row["metadata"]) for row in rows()] == [{"number": 2}]
    export(query="meta.number:2", owner="owner", no_originals=True)
    assert rows() == []


def test_a_repetition_copies_what_is_new(
    picture: Picture, export: Export, rows: Rows, folder: Path
) -> None:
    image = picture()
    export()
    copy = folder / rows()[0]["path"]
    written = copy.stat().st_ino
    change.edit(image, title="Later", taken_at=datetime(1999, 1, 1, tzinfo=UTC))
    picture(scenes.plain((1, 2, 3)))
    assert "Originals copied: 1; there already: 1." in export()
    assert copy.stat().st_ino == written
    assert {row["title"] for row in rows()} == {"Later", ""}
    assert len(files_in(folder)) == 3


def test_an_interrupted_export_is_completed(
    picture: Picture, export: Export, rows: Rows, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        picture(scenes.plain((number, 0, 0)))
    monkeypatch.setattr(table, "ROWS_AT_ONCE", 2)
    copied = lose_disk_after(monkeypatch, copies=2)
    with pytest.raises(CommandError, match="No space left"):
        export()
    assert [name for name in files_in(folder) if name.endswith(".parquet")] == []
    monkeypatch.undo()
    assert f"Originals copied: 1; there already: {len(copied)}." in export()
    assert len(rows()) == 3
    assert not any("partial" in name for name in files_in(folder))


def lose_disk_after(monkeypatch: pytest.MonkeyPatch, *, copies: int) -> list[Path]:
    copied: list[Path] = []
    copy = copying.copy

    def failing_copy(source: Path, target: Path, sha256: str = "") -> None:
        if len(copied) == copies:
            raise OSError(28, "No space left on device")
        copy(source, target, sha256)
        copied.append(target)

    monkeypatch.setattr(copying, "copy", failing_copy)
    return copied


def test_lost_and_damaged_originals_are_named(picture: Picture, export: Export, rows: Rows) -> None:
    lost, damaged = picture(), picture(scenes.plain((1, 2, 3)))
    storage.original_path(lost).unlink()
    storage.original_path(damaged).write_bytes(b"other bytes")
    report = export()
    assert f"The original of {lost.pk} is missing." in report
    assert f"The original of {damaged.pk} is damaged: its bytes have changed." in report
    assert len(rows()) == 2


def test_others_cannot_read_an_export(picture: Picture, export: Export, folder: Path) -> None:
    picture()
    folder.mkdir()
    export()
    assert {(folder / name).stat().st_mode & 0o077 for name in files_in(folder)} == {0}


def test_pictures_of_the_site_are_not_overwritten(export: Export, folder: Path) -> None:
    with pytest.raises(CommandError, match="must not be inside"):
        call_command("export", Path(settings.MEDIA_ROOT) / "export")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"owner": "nobody"}, "no user"),
        ({"query": "date:never", "owner": "owner"}, "date"),
        ({"query": "lake"}, "superuser"),
    ],
)
def test_wrong_options_are_refused(
    export: Export, owner: User, options: dict[str, str], message: str
) -> None:
    with pytest.raises(CommandError, match=message):
        export(**options)


def test_one_export_runs_at_a_time(export: Export) -> None:
    with held_elsewhere(Lock.EXPORT), pytest.raises(CommandError, match="Another export"):
        export()
