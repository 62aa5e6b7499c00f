"""Read responses of the API and check what all of them have in common."""

from __future__ import annotations

from typing import Any

# Who can see an image of the owner, by its visibility.
PEOPLE = ("anonymous", "owner", "stranger", "curator")
VISIBLE_TO = {
    "public": PEOPLE,
    "members": ("owner", "stranger", "curator"),
    "private": ("owner", "curator"),
}
VISIBILITY_CASES = [
    (person, visibility, person in VISIBLE_TO[visibility])
    for visibility in VISIBLE_TO
    for person in PEOPLE
]


def json_body(response: Any, status: int = 200) -> Any:
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/json"
    return response.json()


def problem(response: Any, status: int, code: str) -> dict[str, Any]:
    """The body of an RFC 9457 problem with this status and code."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    document: dict[str, Any] = response.json()
    assert set(document) - {"data"} == {"type", "title", "status", "detail", "code", "errors"}
    assert (document["status"], document["code"]) == (status, code), document
    assert document["detail"]
    assert all(set(error) == {"code", "detail", "attr"} for error in document["errors"])
    return document
