"""Examples of uploading, listing, reading and changing images."""

from __future__ import annotations

from typing import Any

from gallery.api.examples.operation import (
    FILE,
    FORM,
    ID,
    JSON,
    PICTURE,
    OperationExamples,
)

_SITE = "https://pictures.example.org"
UPLOADED: dict[str, Any] = {
    "id": ID,
    "status": "stored",
    "error": None,
    "url": f"{_SITE}/pictures/{ID}/",
    "title": "Red boat",
    "caption": "",
    "visibility": "public",
    "owner": "ann",
    "width": None,
    "height": None,
    "size": 2481930,
    "format": "jpeg",
    "sha256": "4f1cd6c9a6f0f5b0f4f0c7a5f2a86c1e3f7b0f6f2a4b9d2f9f5a7be1f0c3d2e1",
    "colour": "",
    "taken_at": None,
    "created_at": "2026-05-04T12:00:10.120000Z",
    "updated_at": "2026-05-04T12:00:10.120000Z",
    "camera": "",
    "lens": "",
    "exif": {},
    "location": None,
    "metadata": {"category": "boats", "price": 19.9},
    "external_id": "sku-17",
    "tags": [],
    "moderation": "visible",
    "damaged": False,
    "previews": {},
    "original": f"{_SITE}/files/{ID}/original",
}
READY: dict[str, Any] = {
    **UPLOADED,
    "status": "ready",
    "width": 4000,
    "height": 3000,
    "colour": "#a83c2f",
    "taken_at": "2024-06-01T09:30:00Z",
    "updated_at": "2026-05-04T12:00:12.480000Z",
    "camera": "Fujifilm X100V",
    "exif": {"f_number": 5.6, "iso": 160},
    "tags": ["beach", "boat"],
    "location": {"latitude": 53.5413, "longitude": 9.9841},
    "previews": {size: f"{_SITE}/files/{ID}/{size}.webp" for size in ("small", "medium", "large")},
}
_CHANGES = {"title": "Boat", "visibility": "members", "metadata": {"category": "ships"}}
_LABELS = {"labels": ["boat", "dog", "cake"], "templates": ["a photo of a {}"]}
_SCORES = {
    "encoder": "builtin",
    "fingerprint": "builtin 51c3a0f2",
    "logit_scale": 29.4,
    "results": [
        {"label": "boat", "probability": 0.93, "similarity": 0.412},
        {"label": "dog", "probability": 0.05, "similarity": 0.313},
        {"label": "cake", "probability": 0.02, "similarity": 0.282},
    ],
}

EXAMPLES = {
    "list_images": OperationExamples(
        answers={"The only page": {"next": None, "previous": None, "results": [READY]}}
    ),
    "upload_image": OperationExamples(
        requests={
            JSON: {
                "A picture in base64": {
                    "file": PICTURE,
                    "file_name": "boat.png",
                    "title": "Red boat",
                    "visibility": "public",
                    "tags": ["boat", "sea"],
                    "metadata": {"category": "boats", "price": 19.9},
                }
            },
            FORM: {"A picture with a title": {"file": FILE, "title": "Red boat"}},
        },
        answers={"The image of the upload": {**UPLOADED, "kept": []}},
    ),
    "check_files": OperationExamples(
        requests={JSON: {"Two files": {"sha256": [UPLOADED["sha256"], "0" * 64]}}},
        answers={
            "The first one is there": {
                "results": [
                    {"id": ID, "status": "ready"},
                    {"id": None, "status": None},
                ]
            }
        },
    ),
    "get_image": OperationExamples(answers={"A processed image": READY}),
    "update_image": OperationExamples(
        requests={JSON: {"Some fields": _CHANGES}},
        answers={"The changed image": {**READY, **_CHANGES}},
    ),
    "delete_image": OperationExamples(),
    "retry_image": OperationExamples(answers={"Processing starts again": UPLOADED}),
    "classify_image": OperationExamples(
        requests={JSON: {"Three labels": _LABELS}}, answers={"Best first": _SCORES}
    ),
    "classify_picture": OperationExamples(
        requests={
            JSON: {"A picture in base64": {**_LABELS, "image": PICTURE}},
            FORM: {"A picture": {**_LABELS, "image": FILE}},
        },
        answers={"Best first": _SCORES},
    ),
}
