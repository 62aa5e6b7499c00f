"""What every answer of the API must be, checked while it is read."""

from __future__ import annotations

from typing import Any

# Who sees an image of the owner's, by its visibility.
PEOPLE = ("anonymous", "owner", "stranger", "curator")
SEEN_BY = {
    "public": PEOPLE,
    "members": ("owner", "stranger", "curator"),
    "private": ("owner", "curator"),
}
CASES = [
    (person, visibility, person in SEEN_BY[visibility])
    for visibility in SEEN_BY
    for person in PEOPLE
]


def body(response: Any, status: int = 200) -> Any:
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/json"
    return response.json()


def problem(response: Any, status: int, code: str) -> dict[str, Any]:
    """The body of an RFC 9457 answer with this status and code."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    found: dict[str, Any] = response.json()
    assert set(found) - {"data"} == {"type", "title", "status", "detail", "code", "errors"}
    assert (found["status"], found["code"]) == (status, code), found
    assert found["detail"]
    assert all(set(error) == {"code", "detail", "attr"} for error in found["errors"])
    return found
