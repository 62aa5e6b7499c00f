"""Examples of what other programs follow."""

from __future__ import annotations

from gallery.api.examples.operation import ID, JSON, OperationExamples

_WEBHOOK = {
    "id": "6f0d5b3e-1c6e-4b6a-9e0a-2f6f3d1c7a10",
    "url": "https://example.org/searchsite",
    "events": ["image.failed", "image.ready"],
    "active": True,
    "failure": "",
    "answer": 204,
    "delivered_at": "2026-05-04T12:00:13.120000Z",
    "created_at": "2026-05-04T11:00:00Z",
}
_NEW = {"url": _WEBHOOK["url"], "events": _WEBHOOK["events"]}
_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"  # noqa: S105

EXAMPLES = {
    "list_webhooks": OperationExamples(answers={"One webhook": {"results": [_WEBHOOK]}}),
    "create_webhook": OperationExamples(
        requests={JSON: {"Two events": _NEW}},
        answers={
            "With its secret": {
                **_WEBHOOK,
                "answer": None,
                "delivered_at": None,
                "secret": _SECRET,
            }
        },
    ),
    "get_webhook": OperationExamples(answers={"It works": _WEBHOOK}),
    "update_webhook": OperationExamples(
        requests={JSON: {"Switch it off": {"active": False}}},
        answers={"It is switched off": {**_WEBHOOK, "active": False}},
    ),
    "delete_webhook": OperationExamples(),
    "test_webhook": OperationExamples(
        answers={"It was refused": {"failure": "refused", "answer": 500}}
    ),
    "list_events": OperationExamples(
        parameters={"after": "9c41e07ab25d3f68.48213.1207.1795420811"},
        answers={
            "A picture was processed": {
                "results": [
                    {
                        "type": "image.ready",
                        "image_id": ID,
                        "import_id": None,
                        "created_at": "2026-05-04T12:00:12.480000Z",
                    }
                ],
                "cursor": "9c41e07ab25d3f68.48219.1208.1795420932",
                "more": False,
            }
        },
    ),
}
