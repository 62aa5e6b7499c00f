"""Several files in one request, each with its own result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gallery.curation.tags import limits
from gallery.models import Image
from tests.api.responses import json_body, problem

IMAGES = "/api/v1/images/"
MB = 1 << 20
Png = Callable[..., SimpleUploadedFile]


def file(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, "image/png")


def results_of(response: Any) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = json_body(response, 207)["results"]
    return results


def test_each_file_has_its_result(owner_client: Client, png: Png) -> None:
    known = json_body(owner_client.post(IMAGES, {"file": png("red")}), 201)["id"]
    files = [png("blue"), file("a.txt", b"text"), png("red"), file("b.png", b""), png("green")]
    response = owner_client.post(IMAGES, {"file": files, "title": "Boat"})
    results = results_of(response)
    assert [each["status"] for each in results] == [201, 415, 200, 400, 201]
    assert [each["problem"] and each["problem"]["code"] for each in results] == [
        None, "unsupported_type", None, "empty_file", None,
    ]  # fmt: skip
    assert results[1]["file_name"] == "a.txt"
    assert results[1]["image"] is None
    assert (results[2]["image"]["id"], results[2]["image"]["kept"]) == (known, ["title"])
    assert [results[n]["image"]["title"] for n in (0, 2, 4)] == ["Boat", "", "Boat"]
    assert Image.objects.count() == 3
    assert "Location" not in response


def test_a_problem_is_that_of_one_file(owner_client: Client, png: Png) -> None:
    alone = problem(owner_client.post(IMAGES, {"file": file("a", b"x")}), 415, "unsupported_type")
    results = results_of(owner_client.post(IMAGES, {"file": [png(), file("a", b"x")]}))
    assert results[1]["problem"] == alone


def test_equal_files_become_one_image(owner_client: Client, png: Png) -> None:
    results = results_of(owner_client.post(IMAGES, {"file": [png(), png()]}))
    assert [each["status"] for each in results] == [201, 200]
    assert Image.objects.count() == 1


def test_a_file_over_the_limit_keeps_its_place(
    owner_client: Client, png: Png, gallery_setting: Any
) -> None:
    gallery_setting(max_file_size=MB)
    large = file("large.png", b"\x89PNG" + bytes(MB))
    files = [png("red"), large, png("blue")]
    results = results_of(owner_client.post(IMAGES, {"file": files}))
    assert [each["status"] for each in results] == [201, 413, 201]
    assert results[1]["problem"]["code"] == "file_too_large"
    assert results[1]["file_name"] == "large.png"


def test_only_large_files_are_refused_together(owner_client: Client, gallery_setting: Any) -> None:
    gallery_setting(max_file_size=MB // 4)
    large = [file(f"{n}.png", b"\x89PNG" + bytes(MB // 2)) for n in range(2)]
    problem(owner_client.post(IMAGES, {"file": large}), 413, "file_too_large")


def test_tags_are_given_to_all_files(owner_client: Client, png: Png) -> None:
    body = {"file": [png("red"), png("blue")], "tags": ["boat", "sea"]}
    results = results_of(owner_client.post(IMAGES, body))
    assert [each["image"]["tags"] for each in results] == [["boat", "sea"]] * 2


def test_a_file_that_fails_late_leaves_no_image(
    owner_client: Client, png: Png, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_PER_IMAGE", 0)
    body = {"file": [png("red"), png("blue")], "tags": ["boat"]}
    results = results_of(owner_client.post(IMAGES, body))
    assert [each["status"] for each in results] == [409, 409]
    assert not Image.objects.exists()


def test_an_external_id_needs_a_single_file(owner_client: Client, png: Png) -> None:
    body = {"file": [png("red"), png("blue")], "external_id": "a"}
    document = problem(owner_client.post(IMAGES, body), 400, "invalid")
    assert document["errors"][0]["attr"] == "external_id"
    assert not Image.objects.exists()


def test_too_many_files_are_refused(owner_client: Client, png: Png) -> None:
    body = {"file": [png() for _ in range(51)]}
    document = problem(owner_client.post(IMAGES, body), 400, "too_many")
    assert document["errors"][0]["attr"] == "file"
    assert not Image.objects.exists()


def test_wrong_fields_store_no_file(owner_client: Client, png: Png) -> None:
    body = {"file": [png("red"), png("blue")], "visibility": "nobody"}
    problem(owner_client.post(IMAGES, body), 400, "invalid_choice")
    assert not Image.objects.exists()


def test_each_file_of_visitors_is_counted(
    client: Client, db: None, png: Png, gallery_setting: Any, settings: Any
) -> None:
    gallery_setting(anonymous_upload=True)
    rates = {"anonymous_upload": "3/m"}
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": rates}
    colours = ["red", "green", "blue", "white", "black"]
    results = results_of(client.post(IMAGES, {"file": [png(colour) for colour in colours]}))
    assert [each["status"] for each in results] == [201, 201, 201, 429, 429]
    assert results[4]["problem"]["code"] == "throttled"
    problem(client.post(IMAGES, {"file": png("yellow")}), 429, "throttled")


def test_the_owner_of_all_files_is_set(owner_client: Client, owner: User, png: Png) -> None:
    results_of(owner_client.post(IMAGES, {"file": [png("red"), png("blue")]}))
    assert Image.objects.filter(owner=owner).count() == 2
