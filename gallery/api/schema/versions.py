"""Headers of requests: versions (``If-Match``, ``If-None-Match``) and ``Idempotency-Key``."""

from __future__ import annotations

from typing import Any

from gallery.api.schema.components import header_reference

# Their answers have no ETag, for they would never be the same twice.
_SEARCHES = {"search_by_text", "find_similar_images"}
_CHANGES = {
    "update_image",
    "delete_image",
    "retry_image",
    "decide_image_tag",
    "withdraw_image_tag",
    "moderate_image",
}
# Operations that do not read, and whose answers have the version of an image.
_ANSWER_WITH_IMAGE = {
    "upload_image",
    "update_image",
    "retry_image",
    "decide_image_tag",
    "withdraw_image_tag",
}
_IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "schema": {"type": "string"},
    "description": "The `ETag` of the image that you read: another version is not changed (412).",
}
_IF_NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "schema": {"type": "string"},
    "description": "The `ETag` of the answer that you have: the same one is not sent again (304).",
}

IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "schema": {"type": "string", "pattern": r"^[\x21-\x7e]{1,255}$"},
    "description": "A name of your choice for this request, such as a UUID: if it is repeated "
    "within 24 hours, it is not done again, and gets the same answer.",
}


def add_versions(operation: dict[str, Any], method: str) -> None:
    name, responses = operation["operationId"], operation["responses"]
    if name in _CHANGES:
        add_parameter(operation, _IF_MATCH)
    if method == "GET" and name not in _SEARCHES:
        add_parameter(operation, _IF_NONE_MATCH)
        responses["304"] = {"description": "The answer is the one that you have."}
    if name in _ANSWER_WITH_IMAGE or "304" in responses:
        for response in (
            responses[status] for status in ("200", "201", "204") if status in responses
        ):
            headers = response.get("headers", {})
            response["headers"] = {**headers, "ETag": header_reference("ETag")}


def add_parameter(operation: dict[str, Any], parameter: dict[str, Any]) -> None:
    operation["parameters"] = [*operation.get("parameters", ()), parameter]
