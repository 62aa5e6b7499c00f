"""Requests to the embeddings endpoint."""

from __future__ import annotations

import base64
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import scenes

EMBEDDINGS = "/api/v1/embeddings/"
RED, BLUE = scenes.plain(scenes.RED), scenes.plain(scenes.BLUE)


def post_json(client: Client, **fields: Any) -> Any:
    return client.post(EMBEDDINGS, fields, content_type="application/json")


def as_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def as_file(data: bytes, name: str = "a.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, "image/png")
