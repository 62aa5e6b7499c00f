"""Examples of recommendations, reactions and activity."""

from __future__ import annotations

from gallery.api.examples.images import READY
from gallery.api.examples.operation import ID, JSON, OTHER_ID, OperationExamples

_AT = "2026-06-01T10:00:00Z"
_LIKED = {"kind": "liked", "image_id": OTHER_ID, "text": ""}

EXAMPLES = {
    "list_recommendations": OperationExamples(
        parameters={"limit": 20},
        answers={
            "Because of a like": {
                "results": [{"reason": _LIKED, "image": READY}],
                "is_personal": True,
            }
        },
    ),
    "react_to_image": OperationExamples(
        requests={JSON: {"Like": {"reaction": "like"}, "Dislike": {"reaction": "dislike"}}},
        answers={"Liked": {"reaction": "like"}},
    ),
    "withdraw_reaction": OperationExamples(),
    "get_activity": OperationExamples(
        answers={
            "One of each": {
                "recording": True,
                "recording_since": _AT,
                "views": [{"image_id": ID, "at": _AT}],
                "searches": [{"text": "red boat", "at": _AT}],
                "reactions": [{"image_id": OTHER_ID, "reaction": "like", "at": _AT}],
                "interests": [{"weight": 1.0, "images": [OTHER_ID, ID], "texts": []}],
            }
        }
    ),
    "set_recording": OperationExamples(
        requests={JSON: {"On": {"recording": True}, "Off": {"recording": False}}},
        answers={"On": {"recording": True}},
    ),
    "erase_activity": OperationExamples(),
}
