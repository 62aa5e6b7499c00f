"""Examples of near-duplicates."""

from __future__ import annotations

from typing import Any

from gallery.api.examples.operation import ID, JSON, OTHER_ID, OperationExamples

_IMAGE: dict[str, Any] = {
    "id": ID,
    "similarity": 1.0,
    "distance": 0,
    "width": 4000,
    "height": 3000,
    "size": 4_190_208,
    "format": "jpeg",
    "damaged": False,
}
_COPY = {
    **_IMAGE,
    "id": OTHER_ID,
    "similarity": 0.982,
    "distance": 2,
    "width": 1200,
    "height": 900,
    "size": 301_056,
}
_IMAGES = [ID, OTHER_ID]

EXAMPLES = {
    "list_near_duplicates": OperationExamples(
        answers={
            "A smaller copy": {
                "results": [{"best": ID, "reason": "pixels", "images": [_IMAGE, _COPY]}]
            }
        }
    ),
    "decide_near_duplicates": OperationExamples(
        requests={
            JSON: {
                "Delete the copy": {"decision": "keep_best", "best": ID, "images": _IMAGES},
                "Keep both": {"decision": "keep_all", "images": _IMAGES},
            }
        },
        answers={"The copy is deleted": {"deleted": 1}},
    ),
}
