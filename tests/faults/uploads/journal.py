"""What the client sent and what it was answered; written before a request, and after its answer."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

# A request without an answer: the connection broke or the client gave up. It may have worked.
NO_ANSWER = 0


class Presence(StrEnum):
    PRESENT = "present"
    ABSENT = "absent"
    UNKNOWN = "unknown"


@dataclass
class Expected:
    """What the site must have of one picture. ``ids``: those answered since it was last deleted.

    ``unanswered``: an upload had no answer, so it may take effect at any later time.
    """

    number: int
    sha256: str
    presence: Presence = Presence.ABSENT
    ids: set[str] = field(default_factory=set)
    unanswered: bool = False


class Journal:
    """One line of JSON for each request and each answer, from several threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("a", buffering=1)
        self._lock = threading.Lock()

    def request(self, operation: str, number: int, sha256: str) -> None:
        self._write({"request": operation, "number": number, "sha256": sha256})

    def answer(self, operation: str, number: int, sha256: str, status: int, key: str = "") -> None:
        entry = {"answer": operation, "number": number, "sha256": sha256, "status": status}
        self._write({**entry, "id": key})

    def entries(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._path.read_text().splitlines()]

    def close(self) -> None:
        self._file.close()

    def _write(self, entry: dict[str, Any]) -> None:
        with self._lock:
            self._file.write(json.dumps({"at": time.time(), **entry}) + "\n")


def expectations(entries: Iterable[Mapping[str, Any]]) -> dict[str, Expected]:
    """By SHA-256. Deletions of a picture never overlap other requests for it."""
    expected: dict[str, Expected] = {}
    for entry in entries:
        one = expected.setdefault(entry["sha256"], Expected(entry["number"], entry["sha256"]))
        if entry.get("request") == "delete" or entry.get("answer") == "delete":
            _note_deletion(one, entry.get("status", NO_ANSWER))
        elif "answer" in entry:
            _note_upload(one, entry["status"], entry["id"])
    return expected


def _note_deletion(one: Expected, status: int) -> None:
    """404 is the answer to the second request, after the first had none."""
    one.ids.clear()
    is_gone = status in (204, 404) and not one.unanswered
    one.presence = Presence.ABSENT if is_gone else Presence.UNKNOWN


def _note_upload(one: Expected, status: int, key: str) -> None:
    one.unanswered = one.unanswered or status == NO_ANSWER
    if 200 <= status < 300:
        one.presence = Presence.PRESENT
        one.ids.add(key)
    elif one.presence == Presence.ABSENT and not 400 <= status < 500:
        one.presence = Presence.UNKNOWN


def statuses(entries: Iterable[Mapping[str, Any]]) -> Counter[int]:
    """How often each status was answered."""
    return Counter(entry["status"] for entry in entries if "answer" in entry)
