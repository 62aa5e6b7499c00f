"""Examples of tags."""

from __future__ import annotations

from gallery.api.examples.operation import ID, JSON, OTHER_ID, OperationExamples

_TAG = {
    "id": 17,
    "name": "beach",
    "name_zh": "海滩",
    "group": "Places",
    "kind": "scene",
    "colour": "#c9a227",
    "is_suggested": True,
    "threshold": 0.262,
}
_APPROVED = {
    "id": 17,
    "name": "beach",
    "name_zh": "海滩",
    "state": "approved",
    "source": "zero_shot",
    "score": 0.287,
}
_SUGGESTED = {
    "id": 23,
    "name": "sunset",
    "name_zh": "日落",
    "state": "suggested",
    "source": "zero_shot",
    "score": 0.231,
}

EXAMPLES = {
    "list_tags": OperationExamples(
        answers={"One tag": {"count": 1, "next": None, "results": [_TAG]}}
    ),
    "list_suggestions": OperationExamples(
        answers={
            "One suggestion": {
                "count": 1,
                "next": None,
                "results": [{"image": ID, "tag": "sunset", "tag_id": 23, "score": 0.231}],
            }
        }
    ),
    "decide_image_tags": OperationExamples(
        requests={
            JSON: {
                "One of each": {
                    "decisions": [
                        {"image": ID, "tag": "beach", "state": "approved"},
                        {"image": OTHER_ID, "tag": "sunset", "state": "rejected"},
                    ]
                }
            }
        },
        answers={
            "The second image is not yours": {
                "results": [
                    {"image": ID, "tag": "beach", "state": "approved", "error": None},
                    {
                        "image": OTHER_ID,
                        "tag": "sunset",
                        "state": None,
                        "error": {
                            "code": "not_found",
                            "message": "There is no such image that you may change.",
                        },
                    },
                ]
            }
        },
    ),
    "get_image_tags": OperationExamples(
        answers={"A tag and a suggestion": {"results": [_APPROVED, _SUGGESTED]}}
    ),
    "decide_image_tag": OperationExamples(
        requests={
            JSON: {
                "The image has it": {"tag": "beach", "state": "approved"},
                "It has it not": {"tag": "日落", "state": "rejected"},
            }
        },
        answers={"A suggestion was right": _APPROVED},
    ),
    "withdraw_image_tag": OperationExamples(),
    "explain_image_tag": OperationExamples(
        answers={"A suggestion": {"score": 0.287, "threshold": 0.262, "similar": [OTHER_ID]}}
    ),
}
