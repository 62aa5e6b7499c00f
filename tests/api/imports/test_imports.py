"""Imports by the API: who may start, see and change which."""

from __future__ import annotations

import csv
import io
import json
import uuid
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gallery.ingest.imports import run
from gallery.models import Image, ImportJob
from tests import scenes
from tests.api.responses import json_body, problem
from tests.ingest.imports.sidecars.samples import TAKEOUT

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = "/api/v1/imports/"


def archive(**members: bytes) -> SimpleUploadedFile:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        for name, content in members.items():
            file.writestr(name, content)
    return SimpleUploadedFile("holiday.zip", data.getvalue())


@pytest.fixture
def finished(owner_client: Client) -> dict[str, Any]:
    """A complete import with a picture and two rows that were dropped."""
    file = archive(**{"a.png": scenes.plain(), "=cmd.txt": b"text", "b.zip": b"PK"})
    values = {"file": file, "visibility": "private", "tags": ["holiday", "lake"]}
    answer: dict[str, Any] = json_body(owner_client.post(ADDRESS, values), 201)
    run.run(60)
    return answer


def test_an_uploaded_archive_is_imported(
    finished: dict[str, Any], owner_client: Client, owner: User, own_media: Path
) -> None:
    assert (finished["state"], finished["kind"], finished["read"]) == ("running", "zip", 0)
    image = Image.objects.get(owner=owner)
    assert (image.visibility, image.tag_names) == ("private", "holiday\nlake")
    document = json_body(owner_client.get(f"{ADDRESS}{finished['id']}/"))
    assert document["state"] == "complete"
    assert document["reasons"] == {"nested_archive": 1, "unsupported_type": 1}
    assert [document[name] for name in ("rows", "read", "imported", "dropped")] == [3, 3, 1, 2]
    assert not list((own_media / "imports").iterdir())
    assert json_body(owner_client.get(ADDRESS))["results"][0]["id"] == finished["id"]


def test_archives_of_one_export_are_imported_together(
    owner_client: Client, own_media: Path
) -> None:
    sidecar = json.dumps({**TAKEOUT, "description": "Sea"}).encode()
    files = [archive(**{"a.png.json": sidecar}), archive(**{"a.png": scenes.plain()})]
    answer = json_body(owner_client.post(ADDRESS, {"file": files}), 201)
    assert answer["sources"] == 2
    run.run(60)
    assert Image.objects.get().caption == "Sea"
    assert not list((own_media / "imports").iterdir())


def test_only_archives_are_imported_together(owner_client: Client, own_media: Path) -> None:
    files = [archive(**{"a.png": scenes.plain()}), SimpleUploadedFile("a.csv", b"url\n")]
    problem(owner_client.post(ADDRESS, {"file": files}), 422, "import_refused")
    assert not list(own_media.glob("imports/*"))


def test_the_report_has_no_formulas(finished: dict[str, Any], owner_client: Client) -> None:
    answer = owner_client.get(f"{ADDRESS}{finished['id']}/report/", headers={"accept": "text/csv"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["row"], row["source"], row["code"]) for row in rows] == [
        ("2", "'=cmd.txt", "unsupported_type"), ("3", "b.zip", "nested_archive"),
    ]  # fmt: skip
    assert rows[0]["reason"].startswith("This is a text file.")


def test_rows_are_listed_in_pages(finished: dict[str, Any], owner_client: Client) -> None:
    address = f"{ADDRESS}{finished['id']}/rows/"
    [first] = json_body(owner_client.get(address, {"limit": 1}))["results"]
    [second] = json_body(owner_client.get(address, {"after": first["row"]}))["results"]
    assert (first["row"], second["row"], second["outcome"]) == (2, 3, "dropped")
    problem(owner_client.get(address, {"limit": 0}), 400, "min_value")


@pytest.mark.parametrize("path", ["", "rows/", "report/"])
def test_others_do_not_see_an_import(
    path: str, finished: dict[str, Any], stranger_client: Client, curator_client: Client
) -> None:
    for client in (stranger_client, curator_client):
        problem(client.get(f"{ADDRESS}{finished['id']}/{path}"), 404, "not_found")
        assert json_body(client.get(ADDRESS)) == {"results": []}


def test_others_do_not_change_an_import(finished: dict[str, Any], stranger_client: Client) -> None:
    address = f"{ADDRESS}{finished['id']}/"
    body = {"state": "paused"}
    problem(stranger_client.put(address, body, "application/json"), 404, "not_found")
    problem(stranger_client.delete(address), 404, "not_found")
    assert ImportJob.objects.exists()


def test_an_import_is_paused_continued_and_deleted(owner_client: Client, own_media: Path) -> None:
    file = SimpleUploadedFile("urls.csv", b"url\nhttps://example.org/a.png\n")
    key = json_body(owner_client.post(ADDRESS, {"file": file}), 201)["id"]
    address = f"{ADDRESS}{key}/"

    def change(state: str) -> Any:
        return owner_client.put(address, {"state": state}, "application/json")

    assert json_body(change("paused"))["state"] == "paused"
    problem(change("paused"), 409, "import_not_running")
    run.run(1)
    assert json_body(owner_client.get(address))["read"] == 0
    assert json_body(change("running"))["state"] == "running"
    problem(change("running"), 409, "import_not_paused")
    assert owner_client.delete(address).status_code == 204
    assert not list((own_media / "imports").iterdir())


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [("a.tar", 422, "import_refused"), ("a.parquet", 422, "import_refused")],
)
def test_other_files_are_refused(
    name: str, status: int, code: str, owner_client: Client, own_media: Path
) -> None:
    file = SimpleUploadedFile(name, b"data")
    problem(owner_client.post(ADDRESS, {"file": file}), status, code)
    assert not ImportJob.objects.exists()


def test_too_large_files_leave_nothing(
    owner_client: Client, gallery_setting: Any, own_media: Path
) -> None:
    gallery_setting(import_max_size=1000)
    file = SimpleUploadedFile("a.csv", b"x" * 1001)
    document = problem(owner_client.post(ADDRESS, {"file": file}), 413, "file_too_large")
    assert "by path or by bin/manage import" in document["detail"]
    assert not [path for path in own_media.rglob("*") if path.is_file()]


def test_unfinished_imports_are_limited(owner_client: Client) -> None:
    for number in range(11):
        file = SimpleUploadedFile("urls.csv", b"url\n")
        answer = owner_client.post(ADDRESS, {"file": file})
        assert answer.status_code == (201 if number < 10 else 409)
    problem(answer, 409, "too_many_imports")


def test_superusers_import_from_allowed_folders(
    curator_client: Client, owner_client: Client, gallery_setting: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "allowed" / "pictures"
    folder.mkdir(parents=True)
    (tmp_path / "other").mkdir()
    (folder / "a.png").write_bytes(scenes.plain())
    gallery_setting(import_folders=(str(tmp_path / "allowed"),))

    def post(client: Client, path: Path | str) -> Any:
        return client.post(ADDRESS, {"path": str(path)}, "application/json")

    problem(post(owner_client, folder), 422, "import_refused")
    for path in (tmp_path / "other", folder / ".." / ".." / "other", "/etc", "a\x7fb"):
        problem(post(curator_client, path), 422, "import_refused")
    for name in ("no.csv", "no", "x" * 300, "a.png/b"):
        problem(post(curator_client, folder / name), 422, "source_missing")
    assert json_body(post(curator_client, folder), 201)["kind"] == "folder"
    run.run(60)
    assert Image.objects.count() == 1


def test_a_stopped_import_says_why(owner_client: Client, own_media: Path) -> None:
    file = SimpleUploadedFile("urls.csv", b"url\nhttps://example.org/a.png\n")
    started = json_body(owner_client.post(ADDRESS, {"file": file}), 201)
    assert (started["problem"], started["problem_detail"]) == ("", "")
    for path in (own_media / "imports").iterdir():
        path.unlink()
    run.run(1)
    address = f"{ADDRESS}{started['id']}/"
    stopped = json_body(owner_client.get(address, headers={"accept-language": "zh-hans"}))
    assert (stopped["state"], stopped["problem"]) == ("paused", "source_missing")
    assert stopped["problem_detail"].startswith("The source cannot be opened: ")


def test_bad_requests_name_their_fields(owner_client: Client) -> None:
    for body in ({}, {"path": "/a", "nonsense": 1}, {"path": ""}, {"path": 5}):
        answer = owner_client.post(ADDRESS, body, "application/json")
        assert answer.status_code == 400
    file = SimpleUploadedFile("urls.csv", b"url\n")
    answer = owner_client.post(ADDRESS, {"file": file, "path": "/a"})
    assert answer.status_code == 400
    values = {"file": file, "visibility": "nobody"}
    assert owner_client.post(ADDRESS, values).status_code == 400
    problem(owner_client.get(f"{ADDRESS}{uuid.uuid4()}/"), 404, "not_found")


def test_an_import_is_deleted_with_its_pictures(
    finished: dict[str, Any], owner_client: Client, stranger_client: Client
) -> None:
    address = f"{ADDRESS}{finished['id']}/"
    pictures = {"import_id": finished["id"]}
    assert len(json_body(owner_client.get("/api/v1/images/", pictures))["results"]) == 1
    query = {"q": f"import:{finished['id']}"}
    assert len(json_body(owner_client.get("/api/v1/search/", query))["results"]) == 1

    problem(stranger_client.delete(f"{address}?images=delete"), 404, "not_found")
    problem(owner_client.delete(f"{address}?images=all"), 400, "invalid_choice")
    answer = owner_client.delete(f"{address}?images=delete")
    progress = json_body(answer, 202)
    assert (progress["state"], progress["seconds_left"]) == ("deleting", None)
    problem(owner_client.delete(address), 409, "import_being_deleted")
    problem(
        owner_client.put(address, {"state": "running"}, "application/json"),
        409,
        "import_not_paused",
    )
    run.run(60)
    problem(owner_client.get(address), 404, "not_found")
    assert not Image.objects.exists()
