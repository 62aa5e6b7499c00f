"""Examples of the map."""

from __future__ import annotations

from gallery.api.examples.operation import ID, OTHER_ID, OperationExamples

_CLUSTER = {
    "id": 12,
    "count": 2,
    "x": 20114,
    "y": 41872,
    "tags": [{"id": 7, "name": "beach", "name_zh": "海滩"}],
    "examples": [ID, OTHER_ID],
}

EXAMPLES = {
    "get_map": OperationExamples(
        answers={
            "One cluster": {
                "method": "pca",
                "completed_at": "2026-06-01T10:00:00Z",
                "count": 2,
                "is_sample": False,
                "clusters": [_CLUSTER],
            }
        }
    ),
    "list_map_points": OperationExamples(
        answers={
            "Two images": {
                "images": [ID, OTHER_ID],
                "x": [20010, 20218],
                "y": [41800, 41944],
                "clusters": [12, 12],
            }
        }
    ),
}
