"""Examples of tokens, status and statistics."""

from __future__ import annotations

from gallery.api.examples.operation import JSON, OperationExamples

_COUNTS = {"stored": 0, "derived": 1, "ready": 60, "failed": 0, "quarantined": 0}
_STATUS = {
    "version": "1.0",
    "images": _COUNTS,
    "encoder": {"name": "builtin", "fingerprint": "builtin 51c3a0f2", "computed_by": None},
    "next_encoder": None,
    "health": {},
}
_STATISTICS = {
    "images": _COUNTS,
    "vectors": {
        "encoder": "builtin",
        "width": 512,
        "searchable": 60,
        "embedded": 60,
        "percent": 100.0,
    },
    "counts": {
        "counted": 60,
        "capped": False,
        "facets": [
            {
                "name": "format",
                "values": [{"value": "jpeg", "count": 60, "operator": "format:jpeg"}],
                "more": False,
            }
        ],
    },
    "vector_index": None,
}

_TOKEN = {
    "id": "6d8f1a52-7c3e-4b0a-9f41-2e5d7a9c0b13",
    "name": "backup script",
    "scopes": ["read"],
    "created_at": "2026-11-22T10:15:00Z",
    "expires_at": "2027-02-20T10:15:00Z",
    "last_used_at": None,
    "current": False,
}

EXAMPLES = {
    "log_in": OperationExamples(
        requests={JSON: {"Name and password": {"username": "ann", "password": "open-sesame-42"}}},
        answers={
            "The new token": {
                "token": "7f6c1b2e90d84d1f8f0e4a6c3b5d7f92",
                "username": "ann",
                "scopes": ["read", "write"],
                "expires_at": "2027-02-20T10:15:00Z",
            }
        },
    ),
    "log_out": OperationExamples(),
    "list_tokens": OperationExamples(answers={"One token": {"results": [_TOKEN]}}),
    "create_token": OperationExamples(
        requests={JSON: {"A token that only reads": {"name": "backup script", "scopes": ["read"]}}},
        answers={"The new token": {**_TOKEN, "token": "7f6c1b2e90d84d1f8f0e4a6c3b5d7f92"}},
    ),
    "revoke_token": OperationExamples(),
    "get_status": OperationExamples(answers={"All is well": _STATUS}),
    "get_statistics": OperationExamples(answers={"For a person who is not staff": _STATISTICS}),
}
