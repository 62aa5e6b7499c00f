"""Answers and headers that several operations have: written once, and referred to."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from gallery.api.problems import CONTENT_TYPE
from gallery.api.schema.problem_types import PROBLEM_TYPES

_INTEGER = {"type": "integer", "minimum": 0}
_HEADERS: dict[str, dict[str, Any]] = {
    "Location": {
        "description": "The address of the image in the API.",
        "schema": {"type": "string", "format": "uri"},
    },
    "ETag": {
        "description": "The version of the answer, for `If-None-Match`; of an image also for "
        "`If-Match`.",
        "schema": {"type": "string"},
        "example": '"0f4c9a7be1f0c3d2e1a2b3c4.9d2f4f1cd6c9a6f0f5b0f4f0"',
    },
    "RetryAfter": {
        "description": "Seconds until a repeated request may succeed.",
        "schema": _INTEGER,
    },
    "RateLimit": {
        "description": "The limits that count this request: the requests that remain (`r`) and "
        "the seconds until the next window (`t`). Absent where no limit applies. As in "
        "draft-ietf-httpapi-ratelimit-headers-10; it may change with the draft.",
        "schema": {"type": "string"},
        "example": '"anonymous_search";r=117;t=42',
    },
    "RateLimitPolicy": {
        "description": "The requests (`q`) in a window of `w` seconds, for each limit.",
        "schema": {"type": "string"},
        "example": '"anonymous_search";q=120;w=60',
    },
    "WWWAuthenticate": {
        "description": "The scheme of the Authorization header.",
        "schema": {"type": "string"},
        "example": "Token",
    },
}
_OF_STATUS = {
    401: {"WWW-Authenticate": "WWWAuthenticate"},
    429: {"Retry-After": "RetryAfter", "RateLimit": "RateLimit",
          "RateLimit-Policy": "RateLimitPolicy"},
    503: {"Retry-After": "RetryAfter"},
    507: {"Retry-After": "RetryAfter"},
}  # fmt: skip


def add_components(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """A hook of the framework, for the finished document."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {}).update(_SCHEMAS)
    components["headers"] = _HEADERS
    components["responses"] = {_name(status): _answer(status) for status in (*PROBLEM_TYPES, None)}
    return result


def problem_reference(status: int | None) -> dict[str, str]:
    """The answer with this status; None for any other."""
    return {"$ref": f"#/components/responses/{_name(status)}"}


def header_reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/headers/{name}"}


def _name(status: int | None) -> str:
    return f"Problem{status or ''}"


def _answer(status: int | None) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": {"$ref": "#/components/schemas/Problem"}}
    if status is None:
        return {"description": "Any other error.", "content": {CONTENT_TYPE: content}}
    types = PROBLEM_TYPES[status]
    phrase = HTTPStatus(status).phrase
    meanings = "\n".join(f"- `{code}`: {meaning}" for code, meaning in types.items())
    content["examples"] = {next(iter(types)): {"value": _example(status, phrase)}}
    headers = {
        header: header_reference(name) for header, name in _OF_STATUS.get(status, {}).items()
    }
    return {
        "description": f"{phrase}. `type` is `urn:searchsite:problem:` and one of these codes:\n"
        f"\n{meanings}",
        **({"headers": headers} if headers else {}),
        "content": {CONTENT_TYPE: content},
    }


def _example(status: int, phrase: str) -> dict[str, Any]:
    """The first type of the status."""
    code, meaning = next(iter(PROBLEM_TYPES[status].items()))
    return {
        "type": f"urn:searchsite:problem:{code}",
        "title": phrase,
        "status": status,
        "detail": meaning,
        "code": code,
        "errors": [{"code": code, "detail": meaning, "attr": None}],
    }


_ERROR = {
    "type": "object",
    "required": ["attr", "code", "detail"],
    "properties": {
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "attr": {"type": "string", "nullable": True, "description": "The field, if it is of one."},
    },
}
_SCHEMAS = {
    "Problem": {
        "type": "object",
        "description": "RFC 9457. `code` is stable; `detail` is for people and may be translated.",
        "required": ["code", "detail", "errors", "status", "title", "type"],
        "properties": {
            "type": {"type": "string", "description": "`urn:searchsite:problem:` and the code."},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "code": {"type": "string"},
            "errors": {"type": "array", "items": {"$ref": "#/components/schemas/ProblemError"}},
            "data": {
                "type": "object",
                "additionalProperties": {},
                "description": "Values behind the message, such as a limit.",
            },
        },
    },
    "ProblemError": _ERROR,
}
