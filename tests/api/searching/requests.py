"""Requests to search, by vectors that the test chooses."""

from __future__ import annotations

import uuid
from typing import Any

from django.test import Client

from tests.builders import unit_vector

SEARCH = "/api/v1/search/"
A, B = unit_vector(1), unit_vector(2)
MISSING = str(uuid.UUID(int=1))
WHOLE = {"left": 0, "top": 0, "width": 1, "height": 1}


def post(client: Client, **fields: Any) -> Any:
    return client.post(SEARCH, fields, content_type="application/json")


def vector(values: Any = A, **fields: Any) -> dict[str, Any]:
    return {"vector": [float(value) for value in values], **fields}


def titles(body: dict[str, Any]) -> list[str]:
    return [hit["image"]["title"] for hit in body["results"]]
