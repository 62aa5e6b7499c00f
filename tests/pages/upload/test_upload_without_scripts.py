from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gallery.models import Image, State
from tests.pages.conftest import MakeFile

pytestmark = pytest.mark.django_db


def send(client: Client, *files: SimpleUploadedFile) -> Any:
    return client.post("/upload/", {"visibility": "public", "pictures": list(files)}, follow=True)


def test_one_bad_file_does_not_fail_the_others(owner_client: Client, make_file: MakeFile) -> None:
    page = send(
        owner_client,
        make_file("one.png"),
        SimpleUploadedFile("bad.png", b"no picture"),
        SimpleUploadedFile("empty.png", b""),
        make_file("two.png", size=(20, 30)),
    )
    assert sorted(Image.objects.values_list("file_name", flat=True)) == ["one.png", "two.png"]
    text = page.content.decode()
    assert "This file type is not supported." in text
    assert "The file is empty." in text


def test_the_result_has_its_own_url(owner_client: Client, make_file: MakeFile) -> None:
    page = send(owner_client, make_file())
    [(address, status)] = page.redirect_chain
    assert status == 302
    assert "boat.png" in owner_client.get(address).content.decode()


def test_the_result_refreshes_until_all_are_processed(
    owner_client: Client, make_file: MakeFile
) -> None:
    page = send(owner_client, make_file())
    assert 'http-equiv="refresh"' in page.content.decode()
    Image.objects.update(state=State.READY)
    later = owner_client.get(page.redirect_chain[0][0]).content.decode()
    assert 'http-equiv="refresh"' not in later
    assert "Searchable" in later


def test_a_duplicate_has_a_link(owner_client: Client, make_file: MakeFile) -> None:
    send(owner_client, make_file())
    Image.objects.update(state=State.READY)
    text = send(owner_client, make_file()).content.decode()
    assert "Already in the gallery" in text
    assert Image.objects.get().get_absolute_url() in text


@pytest.mark.parametrize("state", [State.FAILED, State.QUARANTINED])
def test_a_failed_picture_is_processed_once_more(
    owner_client: Client, make_file: MakeFile, state: State
) -> None:
    send(owner_client, make_file())
    Image.objects.update(state=state, error_code="too_expensive")
    text = send(owner_client, make_file()).content.decode()
    assert "Uploaded before, is being processed now" in text
    assert "Already in the gallery" not in text
    assert 'http-equiv="refresh"' in text


def test_others_cannot_open_the_result(
    owner_client: Client, stranger_client: Client, make_file: MakeFile
) -> None:
    address = send(owner_client, make_file()).redirect_chain[0][0]
    assert stranger_client.get(address).status_code == 404


def test_a_deleted_picture_is_reported(owner_client: Client, make_file: MakeFile) -> None:
    page = send(owner_client, make_file())
    Image.objects.all().delete()
    assert "No longer available" in owner_client.get(page.redirect_chain[0][0]).content.decode()


def test_the_last_few_results_are_kept(owner_client: Client, make_file: MakeFile) -> None:
    pages = [send(owner_client, make_file(size=(9 + n, 9))) for n in range(6)]
    addresses = [page.redirect_chain[0][0] for page in pages]
    statuses = [owner_client.get(address).status_code for address in addresses]
    assert statuses == [404, 200, 200, 200, 200, 200]


def test_a_form_without_files_shows_an_error(owner_client: Client) -> None:
    response = owner_client.post("/upload/", {"visibility": "public"})
    assert "Choose at least one picture." in response.content.decode()


def test_a_file_over_the_limit_is_listed(
    owner_client: Client, make_file: MakeFile, gallery_setting: Any
) -> None:
    gallery_setting(max_file_size=1 << 20)
    big = SimpleUploadedFile("big.png", b"\x89PNG" + bytes(1 << 20))
    text = send(owner_client, big, make_file("small.png")).content.decode()
    assert "big.png" in text
    assert "larger than 1 MB" in text
    assert Image.objects.get().file_name == "small.png"


def test_only_oversized_files_are_listed_too(owner_client: Client, gallery_setting: Any) -> None:
    gallery_setting(max_file_size=1 << 20)
    text = send(owner_client, SimpleUploadedFile("big.png", bytes(2 << 20))).content.decode()
    assert "larger than 1 MB" in text
    assert not Image.objects.exists()
