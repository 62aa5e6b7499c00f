"""Examples of questions."""

from __future__ import annotations

from gallery.api.examples.operation import ID, JSON, OTHER_ID, OperationExamples

_FACTS = {
    "facts": "2 pictures have the tag “cat”.",
    "counts": [2],
    "images": [{"number": 1, "id": ID}, {"number": 2, "id": OTHER_ID}],
    "conversation": "eyJ1c2VyIjo3fQ:1wXyZ:sIgNaTuRe",
}

EXAMPLES = {
    "ask_question": OperationExamples(
        requests={
            JSON: {
                "From the database": {"question": "How many cats are there?", "model": False},
                "About some images": {"question": "What are they doing?", "images": [ID]},
                "About a search": {"question": "When was it?", "q": "beach owner:ann"},
            }
        },
        answers={
            "A model answered": {
                **_FACTS,
                "answer": "One cat sleeps [1], the other one jumps [2].",
                "model": "a-model",
                "cited": [1, 2],
            },
            "The database answered": {**_FACTS, "answer": "", "model": None, "cited": []},
        },
    )
}
