"""Examples of searches and vectors."""

from __future__ import annotations

from typing import Any

from gallery.api.examples.images import READY
from gallery.api.examples.operation import (
    FILE,
    FORM,
    ID,
    JSON,
    OTHER_ID,
    PICTURE,
    OperationExamples,
)

_HIT = {
    "id": ID,
    "similarity": 0.2731,
    "band": "good",
    "reasons": ["title", "meaning"],
    "copies": 0,
    "image": READY,
}
_ANSWER: dict[str, Any] = {
    "results": [_HIT],
    "next": None,
    "cursor": None,
    "total": {"count": 1, "exact": True},
    "encoder": "builtin",
    "took_ms": 9.4,
    "pending": 0,
    "nothing_close": False,
    "meaning_unavailable": False,
    "taste_adjusted": False,
    "not_understood": [],
    "intent": None,
    "image_keys": [],
}
_INTENT = {
    "reader": "rules",
    "model_failed": False,
    "text": "cats",
    "parts": [
        {
            "start": 5,
            "end": 14,
            "quote": "from 2024",
            "kind": "filter",
            "operator": "date:2024",
            "words": [],
            "weight": None,
            "order": None,
            "limit": None,
        }
    ],
}
_FEEDBACK = {"text": "a boat", "liked": [ID], "disliked": [OTHER_ID]}
_TERMS = {
    "terms": [
        {"image_id": ID, "crop": {"left": 0, "top": 0.5, "width": 1, "height": 0.5}},
        {"text": "in the snow", "weight": 1.5},
        {"text": "a person", "weight": -0.5},
    ],
    "filter": {"orientation": ["landscape"], "metadata": {"price": {"$gt": 10}}},
    "min_similarity": 0.2,
}

EXAMPLES = {
    "search_by_text": OperationExamples(
        parameters={"q": "a red boat"},
        answers={
            "One image matches": _ANSWER,
            "With intent, for “cats from 2024”": {**_ANSWER, "intent": _INTENT},
        },
    ),
    "search_by_terms": OperationExamples(
        requests={
            JSON: {
                "The search box": {"q": "a red boat owner:ann -sunset", "limit": 5},
                "A picture in base64": {"images": [PICTURE]},
                "A sentence": {"q": "cats from 2024, not drawings", "intent": True},
                "Several terms": _TERMS,
                "Results that were liked": _FEEDBACK,
            },
            FORM: {"A picture": {"images": [FILE], "limit": 5}},
        },
        answers={
            "One image matches": _ANSWER,
            "With a picture of the request": {**_ANSWER, "image_keys": ["Yp3kV9qXw2"]},
        },
    ),
    "find_similar_images": OperationExamples(
        answers={"One image is similar": {**_ANSWER, "results": [{**_HIT, "reasons": ["meaning"]}]}}
    ),
    "compute_embeddings": OperationExamples(
        requests={
            JSON: {
                "Texts": {"texts": ["a red boat", "一艘红船"], "encoding": "base64"},
                "Pictures in base64": {"images": [PICTURE], "encoding": "base64"},
            },
            FORM: {"A picture": {"images": [FILE], "encoding": "base64"}},
        },
        answers={
            "A vector in base64, shortened": {
                "encoder": "builtin",
                "fingerprint": "builtin 51c3a0f2",
                "width": 512,
                "embeddings": ["zczMPc3MTD4="],
            }
        },
    ),
}
