"""Examples of imports."""

from __future__ import annotations

from typing import Any

from gallery.api.examples.operation import FORM, ID, JSON, TABLE, OperationExamples

_NEW: dict[str, Any] = {
    "id": ID,
    "name": "captions.csv",
    "kind": "csv",
    "sources": 1,
    "state": "running",
    "created_at": "2026-11-23T08:00:00Z",
    "completed_at": None,
    "rows": None,
    "read": 0,
    "imported": 0,
    "duplicates": 0,
    "dropped": 0,
    "incomplete": 0,
    "seconds_left": None,
    "problem": "",
    "problem_detail": "",
}
_RUNNING = {**_NEW, "rows": 50_000, "read": 1_500, "imported": 900, "duplicates": 40, "dropped": 80,
            "seconds_left": 480}  # fmt: skip
_REASONS = {"url_answer": 60, "unsupported_type": 20}
_ROW = {
    "row": 17,
    "source": "https://example.org/boat.jpg",
    "outcome": "dropped",
    "code": "url_answer",
    "message": "The server answered with 404.",
}
_REPORT = (
    "row,source,result,code,reason\r\n"
    "17,https://example.org/boat.jpg,dropped,url_answer,The server answered with 404.\r\n"
)

EXAMPLES = {
    "list_imports": OperationExamples(answers={"One that runs": {"results": [_RUNNING]}}),
    "create_import": OperationExamples(
        requests={
            FORM: {"A table of URLs": {"file": [TABLE], "visibility": "private"}},
            JSON: {"A folder of the server": {"path": "/srv/pictures", "tags": ["archive"]}},
        },
        answers={"It begins soon": _NEW},
    ),
    "get_import": OperationExamples(answers={"It runs": {**_RUNNING, "reasons": _REASONS}}),
    "change_import": OperationExamples(
        requests={JSON: {"Pause it": {"state": "paused"}}},
        answers={"It is paused": {**_RUNNING, "state": "paused", "reasons": _REASONS}},
    ),
    "delete_import": OperationExamples(
        parameters={"images": "delete"},
        answers_of_status={
            202: {
                "Its pictures are deleted": {
                    **_RUNNING,
                    "state": "deleting",
                    "seconds_left": None,
                    "reasons": {},
                }
            }
        },
    ),
    "list_import_rows": OperationExamples(
        parameters={"after": 16}, answers={"A missing picture": {"results": [_ROW]}}
    ),
    "get_import_report": OperationExamples(answers={"A missing picture": _REPORT}),
}
