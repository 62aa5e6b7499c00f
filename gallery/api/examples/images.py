"""Examples of uploading, listing, reading and changing images."""

from __future__ import annotations

from typing import Any

from gallery.api.examples.operation import (
    FILE,
    FORM,
    ID,
    JSON,
    OTHER_ID,
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
_UPLOADS = [
    {
        "file_name": "boat.jpg",
        "status": 201,
        "image": {**UPLOADED, "kept": []},
        "problem": None,
    },
    {
        "file_name": "notes.txt",
        "status": 415,
        "image": None,
        "problem": {
            "type": "urn:searchsite:problem:unsupported_type",
            "title": "Unsupported Media Type",
            "status": 415,
            "detail": "This file is not a picture that can be shown.",
            "code": "unsupported_type",
            "errors": [
                {
                    "code": "unsupported_type",
                    "detail": "This file is not a picture that can be shown.",
                    "attr": "file",
                }
            ],
        },
    },
]
_VERSION = "0f4c9a7be1f0c3d2e1a2b3c4"
_VERSIONS = [{"id": ID, "version": _VERSION}, {"id": OTHER_ID}]
_MANY_CHANGES = [{"id": ID, "visibility": "private"}, {"id": OTHER_ID, "title": "A dog"}]
_LISTED = {**READY, "version": _VERSION}
_NOT_FOUND = {"code": "not_found", "message": "There is no such image that you may change."}
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
        answers={"The only page": {"next": None, "previous": None, "results": [_LISTED]}}
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
            FORM: {
                "A picture with a title": {"file": [FILE], "title": "Red boat"},
                "Two pictures": {"file": [FILE, FILE], "visibility": "members"},
            },
        },
        answers={"The image of the upload": {**UPLOADED, "kept": []}},
        answers_of_status={207: {"The second file is no picture": {"results": _UPLOADS}}},
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
    "delete_images": OperationExamples(
        requests={JSON: {"One of them as it was read": {"images": _VERSIONS}}},
        answers={
            "The second one is not yours": {
                "results": [{"id": ID, "error": None}, {"id": OTHER_ID, "error": _NOT_FOUND}]
            }
        },
    ),
    "update_images": OperationExamples(
        requests={JSON: {"Two changes": {"images": _MANY_CHANGES}}},
        answers={
            "The second one is not yours": {
                "results": [
                    {"id": ID, "version": _VERSION, "error": None},
                    {"id": OTHER_ID, "version": None, "error": _NOT_FOUND},
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
