from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.test import Client

from gallery.models import Image
from tests.api.responses import problem
from tests.builders import make_image

IMAGES = "/api/v1/images/"
MB = 1 << 20


class Endless(io.RawIOBase):
    """An endless multipart body that counts the bytes read from it."""

    def __init__(self) -> None:
        self.read_bytes = 0
        self.head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'

    def read(self, size: int = -1) -> bytes:
        chunk, self.head = self.head or b"\x89PNG" * (size // 4), b""
        self.read_bytes += len(chunk)
        return chunk


class Recorder(TemporaryFileUploadHandler):
    """Counts the bytes that reach the disk."""

    received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        Recorder.received += len(raw_data)
        super().receive_data_chunk(raw_data, start)


@pytest.fixture(autouse=True)
def small_cap(gallery_setting: Any) -> None:
    gallery_setting(max_file_size=3 * MB)


def post(client: Client, stream: Any, length: object, **headers: str) -> Any:
    return client.generic(
        "POST",
        IMAGES,
        **{
            "wsgi.input": stream,
            "CONTENT_TYPE": "multipart/form-data; boundary=x",
            "CONTENT_LENGTH": str(length),
            **headers,
        },
    )


def test_a_file_over_the_limit_is_rejected(owner_client: Client) -> None:
    file = SimpleUploadedFile("big.png", b"\x89PNG" + bytes(3 * MB), "image/png")
    document = problem(owner_client.post(IMAGES, {"file": file}), 413, "file_too_large")
    assert document["data"] == {"limit": 3 * MB}
    assert "3 MB" in document["detail"]
    assert not Image.objects.exists()


def test_a_file_of_exactly_the_limit_is_accepted(owner_client: Client) -> None:
    file = SimpleUploadedFile("full.png", bytes(3 * MB), "image/png")
    problem(owner_client.post(IMAGES, {"file": file}), 415, "unsupported_type")


def test_a_declared_gigabyte_is_rejected_unread(owner_client: Client) -> None:
    stream = Endless()
    problem(post(owner_client, stream, 1 << 30), 413, "file_too_large")
    assert stream.read_bytes == 0


def test_reading_stops_at_the_limit(owner_client: Client, settings: Any) -> None:
    cap = settings.FILE_UPLOAD_HANDLERS[0]
    settings.FILE_UPLOAD_HANDLERS = [cap, "tests.api.test_oversized_bodies.Recorder"]
    Recorder.received = 0
    problem(post(owner_client, Endless(), 4 * MB), 413, "file_too_large")
    assert 2 * MB < Recorder.received <= 3 * MB


def test_a_rejected_file_leaves_no_temporary_file(
    owner_client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    problem(post(owner_client, Endless(), 4 * MB), 413, "file_too_large")
    assert list(tmp_path.glob("*.upload*")) == []


def test_a_body_without_content_length_is_rejected(owner_client: Client) -> None:
    stream = Endless()
    response = post(owner_client, stream, "", HTTP_TRANSFER_ENCODING="chunked")
    problem(response, 411, "length_required")
    assert stream.read_bytes == 0


@pytest.mark.parametrize("length", ["-5", "many", "", "١٢"])
def test_a_wrong_length_is_a_problem(owner_client: Client, length: str) -> None:
    assert post(owner_client, io.BytesIO(), length).status_code == 400


def test_a_session_without_csrf_token_uploads_nothing(owner: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    stream = Endless()
    problem(post(client, stream, 1 << 40), 413, "file_too_large")
    assert stream.read_bytes == 0


def test_json_is_limited_too(owner_client: Client, owner: User, settings: Any) -> None:
    data = b'{"title": "' + b"x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE + b'"}'
    address = f"{IMAGES}{make_image(owner).pk}/"
    response = owner_client.patch(address, data, content_type="application/json")
    problem(response, 413, "request_too_large")


def test_json_of_many_values_is_limited(client: Client, db: None) -> None:
    body = b"[" + b"0," * 100_000 + b"0]"
    response = client.post("/api/v1/search/", body, content_type="application/json")
    problem(response, 413, "request_too_large")


def test_ten_thousand_fields_are_rejected(owner_client: Client) -> None:
    fields = {f"field{number}": "x" for number in range(10_000)}
    problem(owner_client.post(IMAGES, fields), 400, "parse_error")
