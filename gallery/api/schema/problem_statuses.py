"""Which errors an operation can answer with, by status."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rest_framework.permissions import SAFE_METHODS

# Unknown parameters, a bad token, and an Accept header without JSON, in every operation.
_ALWAYS = (400, 401, 406, 503, 504)
_WITH_BODY = (408, 411, 413, 415, 429, 507)
# Texts and pictures of requests are encoded, or sources opened.
_ENCODES = {
    "search_by_text",
    "search_by_terms",
    "compute_embeddings",
    "classify_picture",
    "classify_image",
    "upload_image",
    "ask_question",
    "create_import",
    # They refuse URLs.
    "create_webhook",
    "update_webhook",
}
_CONFLICTS = {
    "decide_near_duplicates",
    "upload_image",
    "update_image",
    "retry_image",
    "classify_image",
    "log_in",
    "create_token",
    "create_webhook",
    "moderate_image",
    "appeal_moderation",
    "decide_image_tag",
    "create_import",
    "change_import",
}
_CHECKS_VERSION = {
    "upload_image",
    "update_image",
    "delete_image",
    "retry_image",
    "decide_image_tag",
    "withdraw_image_tag",
    "moderate_image",
}
# They read what only people see who may change the images, or moderators.
_OF_OWN_IMAGES = {
    "explain_image_tag",
    "get_image_moderation",
    "list_moderation_queue",
    "list_near_duplicates",
}
# Their requests may name images that do not exist.
_NAMES_IMAGES = {"search_by_text", "search_by_terms", "ask_question"}


def statuses_of(operation: str, method: str, path: str, view: Any) -> list[int]:
    return sorted(set(_statuses(operation, method, path, view)))


def is_limited(view: Any, method: str) -> bool:
    """Whether the requests of some people are limited."""
    return any(throttle.counts(method) for throttle in view.get_throttles())


def is_idempotent(view: Any, method: str) -> bool:
    """Whether a request may have an ``Idempotency-Key``."""
    return bool(getattr(getattr(view, method.lower(), None), "is_idempotent", False))


def _statuses(operation: str, method: str, path: str, view: Any) -> Iterator[int]:
    yield from _ALWAYS
    if method not in SAFE_METHODS or operation in _OF_OWN_IMAGES:
        yield 403
    if "{" in path or operation in _NAMES_IMAGES:
        yield 404
    if method in ("POST", "PUT", "PATCH"):
        yield from _WITH_BODY
    if is_limited(view, method):
        yield 429
    if operation in _CONFLICTS or is_idempotent(view, method):
        yield 409
    if operation == "list_events":
        yield 410
    if operation in _CHECKS_VERSION:
        yield 412
    if operation in _ENCODES or is_idempotent(view, method):
        yield 422
