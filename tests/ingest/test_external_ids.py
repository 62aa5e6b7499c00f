from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from gallery.core.errors import ExternalIdTaken, InvalidInput
from gallery.ingest import change, duplicates
from gallery.ingest.accept import accept
from gallery.models import Image
from tests import scenes
from tests.builders import make_image

pytestmark = pytest.mark.django_db(transaction=True)

Files = Callable[[], list[Path]]


def upload(owner: User | None, external_id: str, side: int = 40) -> Image:
    data = [scenes.photo(size=(60, side))]
    return accept(data, owner=owner, external_id=external_id).image


def test_an_upload_can_have_an_external_id(owner: User) -> None:
    image = upload(owner, "  shop/42 ")
    assert Image.objects.get(external_id="shop/42") == image


def test_each_owner_has_own_external_ids(owner: User, stranger: User) -> None:
    assert upload(owner, "42") != upload(stranger, "42")


def test_a_taken_external_id_is_refused(owner: User, files: Files) -> None:
    first = upload(owner, "42")
    with pytest.raises(ExternalIdTaken) as error:
        upload(owner, "42", side=41)
    assert error.value.data["image_id"] == str(first.pk)
    assert len(files()) == 1


def test_a_repeated_upload_is_not_refused(owner: User) -> None:
    assert upload(owner, "42") == upload(owner, "42")


def test_a_parallel_upload_of_it_is_not_refused(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    find, others = duplicates.find, []

    def find_then_lose_the_race(*arguments: Any, **options: Any) -> Any:
        image = find(*arguments, **options)
        monkeypatch.setattr(duplicates, "find", find)
        others.append(upload(owner, "42"))
        return image

    monkeypatch.setattr(duplicates, "find", find_then_lose_the_race)
    assert [upload(owner, "42")] == others


def test_a_duplicate_takes_its_first_external_id(owner: User) -> None:
    upload(owner, "")
    assert upload(owner, "42").external_id == "42"
    assert upload(owner, "43").external_id == "42"
    assert Image.objects.get().external_id == "42"


def test_a_duplicate_takes_no_others_external_id(owner: User) -> None:
    first, second = upload(owner, "42"), upload(owner, "", side=41)
    with pytest.raises(ExternalIdTaken) as error:
        upload(owner, "42", side=41)
    second.refresh_from_db()
    assert (error.value.data["image_id"], second.external_id) == (str(first.pk), "")


def test_pictures_without_owner_have_none() -> None:
    with pytest.raises(InvalidInput):
        upload(None, "42")


def test_racing_uploads_share_no_external_id(owner: User, files: Files) -> None:
    threads = 8
    start = threading.Barrier(threads)

    def race(side: int) -> bool:
        start.wait()
        try:
            upload(owner, "42", side=side)
        except ExternalIdTaken:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(threads) as pool:
        assert sum(pool.map(race, range(40, 40 + threads))) == 1
    assert len(files()) == 1


def test_racing_edits_share_no_external_id(owner: User) -> None:
    images = [make_image(owner) for _ in range(8)]
    start = threading.Barrier(len(images))

    def race(image: Image) -> bool:
        start.wait()
        try:
            change.edit(image, external_id="42")
        except ExternalIdTaken:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(len(images)) as pool:
        assert sum(pool.map(race, images)) == 1


def test_an_external_id_can_be_moved(owner: User) -> None:
    first, second = make_image(owner, external_id="42"), make_image(owner)
    with pytest.raises(ExternalIdTaken):
        change.edit(second, external_id="42", title="Changed")
    change.edit(first, external_id="")
    change.edit(second, external_id="42")
    assert Image.objects.get(external_id="42") == second


@pytest.mark.parametrize("external_id", ["x" * 201, "a\nb", "a\0b", "\ud800"])
def test_an_invalid_external_id_is_refused(owner: User, external_id: str) -> None:
    with pytest.raises(InvalidInput) as error:
        upload(owner, external_id)
    assert error.value.data["field"] == "external_id"
