"""How a program asks for vectors."""

from __future__ import annotations

import base64
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import scenes

EMBEDDINGS = "/api/v1/embeddings/"
RED, BLUE = scenes.plain(scenes.RED), scenes.plain(scenes.BLUE)


def ask(client: Client, **question: Any) -> Any:
    return client.post(EMBEDDINGS, question, content_type="application/json")


def text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def file(data: bytes, name: str = "a.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, "image/png")
