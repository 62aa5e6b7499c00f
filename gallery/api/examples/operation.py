"""What the examples of all operations have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

JSON = "application/json"
FORM = "multipart/form-data"
# In place of files of a form: JSON cannot have their bytes. They are also base64, in which spaces
# are ignored, because schemathesis sends the examples of forms in JSON too.
FILE = "the bytes of the jpg"
TABLE = "the bytes of the csv"
ID = "0b5c6a3e-3f1d-4f9a-9d0e-5a7c1e2f3b4d"
OTHER_ID = "9f2d7c10-6f5b-4f0e-8a43-0c1d2e3f4a5b"
# A PNG of 16 x 12 pixels.
PICTURE = (
    "iVBORw0KGgoAAAANSUhEUgAAABAAAAAMCAIAAADkharWAAAAF0lEQVR42mM8YKnNQApgYiARjGoYKRoAuvcBPIf4hw0A"
    "AAAASUVORK5CYII="
)


@dataclass(frozen=True, kw_only=True)
class OperationExamples:
    """Values by their summaries: bodies by media type, and answers with status 2xx."""

    parameters: Mapping[str, Any] = field(default_factory=dict)
    requests: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)
    # In place of ``answers``, where the statuses have answers of different kinds.
    answers_of_status: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
