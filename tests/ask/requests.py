"""Requests to the API of questions."""

from __future__ import annotations

import base64
import json
from typing import Any

from django.test import Client

ASK = "/api/v1/ask/"


def ask(client: Client, question: str = "What do they show?", **fields: Any) -> Any:
    return client.post(ASK, {"question": question, **fields}, content_type="application/json")


def events(client: Client, **fields: Any) -> list[tuple[str, Any]]:
    body = {"question": "What do they show?", **fields}
    response: Any = client.post(
        ASK, body, content_type="application/json", headers={"Accept": "text/event-stream"}
    )
    assert response.status_code == 200, response.content
    blocks = response.getvalue().decode().strip().split("\n\n")
    pairs = [block.split("\n") for block in blocks]
    return [
        (name.removeprefix("event: "), json.loads(data.removeprefix("data: ")))
        for name, data in pairs
    ]


def pictures_in(request: dict[str, Any]) -> list[bytes]:
    content = request["messages"][-1]["content"]
    return [
        base64.b64decode(part["image_url"]["url"].split(",", 1)[1])
        for part in content
        if part["type"] == "image_url"
    ]
