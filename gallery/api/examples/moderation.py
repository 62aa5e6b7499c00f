"""Examples of moderation."""

from __future__ import annotations

from gallery.api.examples.images import READY
from gallery.api.examples.operation import JSON, OperationExamples

_HELD = {
    "source": "rule",
    "action": "hold",
    "before": "visible",
    "after": "held",
    "detail": "weapon",
    "score": 0.284,
    "threshold": 0.262,
    "decided_by": None,
    "note": "",
    "created_at": "2026-11-20T09:30:00Z",
    "appeal": {
        "text": "This is a toy.",
        "created_at": "2026-11-20T10:00:00Z",
        "is_answered": False,
    },
}
_WAITING = {"state": "held", "reasons": [_HELD], "history": [_HELD], "may_appeal": False}
_APPROVED = {
    "source": "person",
    "action": "approve",
    "before": "held",
    "after": "visible",
    "detail": "",
    "score": None,
    "threshold": None,
    "decided_by": "ann",
    "note": "Thank you, it is a toy.",
    "created_at": "2026-11-20T12:00:00Z",
    "appeal": None,
}
_SHOWN = {
    "state": "visible",
    "reasons": [_APPROVED],
    "history": [_APPROVED, _HELD],
    "may_appeal": False,
}

EXAMPLES = {
    "list_moderation_queue": OperationExamples(
        answers={
            "One image": {
                "next": None,
                "previous": None,
                "results": [{"image": {**READY, "moderation": "held"}, "moderation": _WAITING}],
            }
        }
    ),
    "get_image_moderation": OperationExamples(answers={"It is held": _WAITING}),
    "moderate_image": OperationExamples(
        requests={
            JSON: {
                "Show it": {"action": "approve", "note": "Thank you, it is a toy."},
                "Hide it": {"action": "reject"},
                "Undo": {"action": "undo", "expected": "hidden"},
            }
        },
        answers={"Approved": _SHOWN},
    ),
    "appeal_moderation": OperationExamples(
        requests={JSON: {"A note": {"text": "This is a toy."}}},
        answers={"It waits for an answer": _WAITING},
    ),
}
