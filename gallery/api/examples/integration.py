"""Examples of what other programs follow."""

from __future__ import annotations

from gallery.api.examples.operation import ID, OperationExamples

EXAMPLES = {
    "list_events": OperationExamples(
        parameters={"after": "48213.1207.1795420811"},
        answers={
            "A picture was processed": {
                "results": [
                    {
                        "event": "image.ready",
                        "image_id": ID,
                        "created_at": "2026-05-04T12:00:12.480000Z",
                    }
                ],
                "cursor": "48219.1208.1795420932",
                "more": False,
            }
        },
    ),
}
