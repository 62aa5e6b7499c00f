"""The page of a person's imports."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from gallery.ingest.imports import picture_deletion, run
from gallery.models import Image, ImportJob, JobState, State, Visibility
from tests.builders import make_image

pytestmark = pytest.mark.django_db(transaction=True)

# An archive without files: only the record at its end.
EMPTY_ZIP = b"PK\x05\x06" + bytes(18)
TABLE = b"path,caption\n1.png,one\n,two\n"


def start(client: Client, *names: str) -> str:
    files = [
        SimpleUploadedFile(name, EMPTY_ZIP if name.lower().endswith(".zip") else TABLE)
        for name in names
    ]
    values = {"sources": files, "visibility": "private", "tags": "lakes\u3001 holiday"}
    return client.post("/imports/", values, follow=True).content.decode()


def test_several_files_become_several_imports(owner_client: Client, owner: User) -> None:
    text = start(owner_client, "first.csv", "second.csv", "third.docx")
    assert text.count('<li class="import"') == 2
    assert "third.docx: Choose a ZIP archive" in text
    job = ImportJob.objects.order_by("created_at").first()
    assert job is not None
    assert (job.owner, job.visibility, job.tags) == (owner, "private", ["lakes", "holiday"])


def test_archives_become_one_import(owner_client: Client) -> None:
    text = start(owner_client, "takeout-001.zip", "table.csv", "takeout-002.ZIP")
    assert text.count('<li class="import"') == 2
    assert "and 1 more archive" in text
    assert ImportJob.objects.filter(name="takeout-001.zip").count() == 1


def test_an_archive_that_is_too_large_stops_the_others(
    owner_client: Client, gallery_setting: Callable[..., None]
) -> None:
    gallery_setting(import_max_size=1000)
    large = SimpleUploadedFile("takeout-002.zip", bytes(2000))
    values = {"sources": [SimpleUploadedFile("takeout-001.zip", TABLE), large]}
    text = owner_client.post(
        "/imports/", {**values, "visibility": "private"}, follow=True
    ).content.decode()
    assert "takeout-002.zip: " in text
    assert "The other archives were not imported either." in text
    assert not ImportJob.objects.exists()


def test_a_person_chooses_what_duplicates_become(owner_client: Client) -> None:
    values = {"visibility": "private", "on_duplicate": "update"}
    owner_client.post("/imports/", {**values, "sources": SimpleUploadedFile("a.csv", TABLE)})
    assert ImportJob.objects.get().on_duplicate == "update"


def test_a_refused_file_keeps_the_choices(owner_client: Client) -> None:
    values = {"sources": SimpleUploadedFile("a.zip", b"no archive"), "visibility": "private"}
    answer = owner_client.post("/imports/", {**values, "tags": "lakes", "on_duplicate": "update"})
    text = answer.content.decode()
    assert (answer.status_code, ImportJob.objects.count()) == (400, 0)
    assert "a.zip: The file cannot be read." in text
    assert re.search(r'value="private"[^>]* checked', text)
    assert 'value="lakes"' in text
    assert '<option value="update" selected>' in text


def test_a_bad_tag_sends_no_file_away(owner_client: Client) -> None:
    values = {"sources": SimpleUploadedFile("a.csv", TABLE), "visibility": "private"}
    answer = owner_client.post("/imports/", {**values, "tags": "x" * 200})
    assert answer.status_code == 400
    assert 'class="errorlist" id="id_tags_error"' in answer.content.decode()


def test_a_complete_import_shows_its_reasons(owner_client: Client) -> None:
    start(owner_client, "table.csv")
    run.run(60)
    text = owner_client.get("/imports/").content.decode()
    assert "1 × This is not an http or https URL." in text
    assert "1 × The row has neither a URL nor a path." in text
    assert "hx-trigger" not in text[text.index('id="imports"') :].partition(">")[0]
    job = ImportJob.objects.get()
    report = owner_client.get(f"/imports/{job.pk}/report/")
    lines = b"".join(report.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 3


def test_buttons_pause_continue_and_delete(owner_client: Client, own_media: Path) -> None:
    start(owner_client, "table.csv")
    job = ImportJob.objects.get()
    for action, state in (("pause", JobState.PAUSED), ("resume", JobState.RUNNING)):
        answer = owner_client.post(f"/imports/{job.pk}/change/", {"action": action})
        assert answer.status_code == 302
        job.refresh_from_db()
        assert job.state == state
    assert owner_client.post(f"/imports/{job.pk}/change/", {"action": "x"}).status_code == 400
    assert "Delete this import?" in owner_client.get(f"/imports/{job.pk}/delete/").content.decode()
    owner_client.post(f"/imports/{job.pk}/delete/")
    assert not ImportJob.objects.exists()
    assert not list((own_media / "imports").iterdir())


def test_imports_of_others_do_not_exist(owner_client: Client, stranger_client: Client) -> None:
    start(owner_client, "table.csv")
    job = ImportJob.objects.get()
    assert "table.csv" not in stranger_client.get("/imports/").content.decode()
    assert stranger_client.get(f"/imports/{job.pk}/report/").status_code == 404
    for path in ("change/", "delete/"):
        address = f"/imports/{job.pk}/{path}"
        answer = stranger_client.post(address, {"action": "pause"}, follow=True)
        assert "This import does not exist any more." in answer.content.decode()
    assert ImportJob.objects.running().get() == job


def test_visitors_have_to_log_in(client: Client, db: None) -> None:
    assert client.get("/imports/")["Location"].startswith("/login/")


def test_a_form_without_files_says_so(owner_client: Client) -> None:
    answer = owner_client.post("/imports/", {"visibility": "private"})
    assert answer.status_code == 400
    assert "Choose at least one file." in answer.content.decode()


@pytest.fixture
def job(owner: User) -> ImportJob:
    """A complete import, named a.csv, with one picture."""
    now = timezone.now()
    job = ImportJob.objects.create(
        owner=owner, kind="csv", name="a.csv", source="/nowhere", completed_at=now
    )
    make_image(owner, title="Boat", import_id=job.pk)
    return job


def test_the_pictures_of_an_import_are_shown(owner_client: Client, job: ImportJob) -> None:
    assert f'href="/search/?q=import:{job.pk}"' in owner_client.get("/imports/").content.decode()
    results = owner_client.get("/search/", {"q": f"import:{job.pk}"}).content.decode()
    assert "Import: a.csv" in results
    assert "Boat" in results
    Image.objects.all().delete()
    assert "Show pictures" not in owner_client.get("/imports/").content.decode()


def test_names_of_imports_are_their_owners(stranger_client: Client, job: ImportJob) -> None:
    results = stranger_client.get("/search/", {"q": f"import:{job.pk}"}).content.decode()
    assert "No such import" in results
    assert "a.csv" not in results


def test_pictures_name_their_import(
    owner_client: Client, stranger_client: Client, job: ImportJob
) -> None:
    Image.objects.update(visibility=Visibility.PUBLIC)
    address = f"/pictures/{Image.objects.get().pk}/"
    link = f'<dt>Import</dt><dd><a href="/search/?q=import:{job.pk}">a.csv</a></dd>'
    assert link in owner_client.get(address).content.decode()
    assert "a.csv" not in stranger_client.get(address).content.decode()


def test_failed_pictures_are_counted(owner_client: Client, job: ImportJob) -> None:
    address = f"/search/?q=import:{job.pk}+is:failed"
    assert address not in owner_client.get("/imports/").content.decode()
    Image.objects.update(state=State.FAILED)
    assert address in owner_client.get("/imports/").content.decode()
    assert "Boat" in owner_client.get(address).content.decode()


def test_an_import_is_deleted_with_its_pictures(
    owner_client: Client, job: ImportJob, own_media: Path
) -> None:
    address = f"/imports/{job.pk}/delete/"
    assert "Delete the import and 1 picture<" in owner_client.get(address).content.decode()
    page = owner_client.post(address, {"images": "delete"}, follow=True).content.decode()
    assert "a.csv and its pictures are being deleted." in page
    assert "deleting its pictures" in page
    assert "1 picture left" in page
    assert 'hx-trigger="every 3s"' in page
    run.run()
    assert "You have no imports." in owner_client.get("/imports/").content.decode()
    assert not Image.objects.exists()


def test_an_idle_watched_folder_refreshes_rarely(owner_client: Client, job: ImportJob) -> None:
    ImportJob.objects.update(kind="watched", completed_at=None)
    assert 'hx-trigger="every 30s"' in owner_client.get("/imports/").content.decode()
    ImportJob.objects.update(rows_read=2)
    assert 'hx-trigger="every 3s"' in owner_client.get("/imports/").content.decode()


def test_an_import_is_deleted_without_its_pictures(owner_client: Client, job: ImportJob) -> None:
    page = owner_client.post(f"/imports/{job.pk}/delete/", follow=True).content.decode()
    assert "Its pictures stay." in page
    assert Image.objects.count() == 1


def test_a_running_import_offers_both(owner_client: Client, job: ImportJob) -> None:
    ImportJob.objects.update(completed_at=None)
    Image.objects.all().delete()
    page = owner_client.get(f"/imports/{job.pk}/delete/").content.decode()
    assert "Delete the import, keep the pictures" in page
    assert "Delete the import and its pictures" in page


@pytest.mark.parametrize("method", ["get", "post"])
def test_other_tabs_cannot_stop_a_deletion(
    owner_client: Client, job: ImportJob, method: str
) -> None:
    picture_deletion.begin(job)
    answer = getattr(owner_client, method)(f"/imports/{job.pk}/delete/", follow=True)
    assert "are being deleted already" in answer.content.decode()
    assert ImportJob.objects.deleting().exists()


@pytest.mark.parametrize(("method", "path"), [("get", "delete"), ("post", "delete")])
def test_deleted_imports_lead_back_to_the_list(
    owner_client: Client, db: None, method: str, path: str
) -> None:
    answer = getattr(owner_client, method)(f"/imports/{uuid.uuid4()}/{path}/", follow=True)
    assert answer.redirect_chain == [("/imports/", 302)]
    assert "This import does not exist any more." in answer.content.decode()


def test_a_second_resume_changes_nothing(owner_client: Client, job: ImportJob) -> None:
    ImportJob.objects.update(completed_at=None)
    address = f"/imports/{job.pk}/change/"
    assert owner_client.post(address, {"action": "resume"}).status_code == 302
    job.refresh_from_db()
    assert job.state == JobState.RUNNING


def test_the_file_that_cannot_be_read_is_named(owner_client: Client, own_media: Path) -> None:
    bad = SimpleUploadedFile("bad.zip", b"no archive")
    files = [SimpleUploadedFile("good.zip", EMPTY_ZIP), bad]
    page = owner_client.post("/imports/", {"sources": files, "visibility": "private"})
    text = page.content.decode()
    assert "bad.zip: The file cannot be read." in text
    assert "good.zip" not in text
    assert "The other archives were not imported either." in text


def test_problems_are_translated(owner_client: Client, job: ImportJob) -> None:
    detail = "There is no folder with this name, or it cannot be opened."
    problem = {"problem_code": "source_missing", "problem_data": {"detail": detail}}
    ImportJob.objects.update(completed_at=None, **problem)
    page = owner_client.get("/imports/", headers={"accept-language": "zh-Hans"}).content.decode()
    assert "无法打开来源" in page
    assert "There is no folder" not in page
