"""What the schema says of each operation: problems, examples, headers, access."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from tests.api.schema.committed import OPERATIONS, SCHEMA, resolved


def contents() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every body of a request and of an answer."""
    for name, operation in OPERATIONS.items():
        bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
        for body in bodies:
            for media_type in resolved(body).get("content", {}).values():
                yield name, media_type


def test_every_operation_documents_problems() -> None:
    for name, operation in OPERATIONS.items():
        problems = {
            status: resolved(answer)
            for status, answer in operation["responses"].items()
            if not status.startswith(("2", "304"))
        }
        assert {"400", "401", "default"} <= set(problems), name
        for status, answer in problems.items():
            assert list(answer["content"]) == ["application/problem+json"], (name, status)


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_operation_has_examples(name: str) -> None:
    operation = OPERATIONS[name]
    request = operation.get("requestBody", {}).get("content", {})
    for body in request.values():
        assert body["examples"]
    for status, answer in operation["responses"].items():
        if status.startswith("2") and status != "204":
            assert any("examples" in content for content in answer["content"].values()), status


def test_examples_are_valid_against_their_schemas() -> None:
    validated = 0
    for name, content in contents():
        for example in content.get("examples", {}).values():
            jsonschema.validate(example["value"], content["schema"])
            validated += 1
        assert name
    assert validated > 40


@pytest.mark.parametrize(
    ("operation", "is_open"),
    [
        ("list_images", True), ("search_by_text", True), ("search_by_terms", True),
        ("get_status", True), ("log_in", True), ("upload_image", False),
        ("compute_embeddings", False), ("update_image", False), ("log_out", False),
    ],
)  # fmt: skip
def test_anonymous_access_is_declared(operation: str, is_open: bool) -> None:
    assert ({} in OPERATIONS[operation]["security"]) == is_open


def test_generated_clients_get_names_with_a_meaning() -> None:
    for name in OPERATIONS:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)+", name)
        assert not name.endswith(("_retrieve", "_create", "_destroy", "_partial_update"))
    enumerations = {
        name for name, schema in SCHEMA["components"]["schemas"].items() if "enum" in schema
    }
    # The framework gives null and the empty text names that cannot be changed.
    generated = {name for name in enumerations if name.endswith("Enum")}
    assert generated == {"NullEnum", "BlankEnum"}


def test_headers_are_declared() -> None:
    created = OPERATIONS["upload_image"]["responses"]["201"]
    assert set(created["headers"]) == {"ETag", "Location", "RateLimit", "RateLimit-Policy"}
    throttled = resolved(OPERATIONS["search_by_text"]["responses"]["429"])
    assert {"Retry-After", "RateLimit", "RateLimit-Policy"} == set(throttled["headers"])
    assert set(OPERATIONS["list_images"]["responses"]["200"]["headers"]) == {"ETag"}


def test_a_body_that_must_be_sent_is_required() -> None:
    optional = {
        name
        for name, operation in OPERATIONS.items()
        if not operation.get("requestBody", {"required": True}).get("required")
    }
    assert optional == {"update_image", "update_webhook"}


def test_headers_of_versions_are_declared() -> None:
    declared = {
        name: {one["name"] for one in operation.get("parameters", ()) if one["in"] == "header"}
        - {"Idempotency-Key"}
        for name, operation in OPERATIONS.items()
    }
    for name in (
        "update_image", "delete_image", "retry_image", "decide_image_tag", "withdraw_image_tag",
    ):  # fmt: skip
        assert declared[name] == {"If-Match"}
    for name in ("get_image", "list_images", "get_statistics"):
        assert declared[name] == {"If-None-Match"}
        assert "content" not in OPERATIONS[name]["responses"]["304"]
    for name in ("search_by_text", "find_similar_images", "upload_image"):
        assert not declared[name]
    for name in ("get_image", "update_image", "retry_image", "upload_image"):
        assert "ETag" in OPERATIONS[name]["responses"]["200"]["headers"]


def test_every_parameter_has_a_description() -> None:
    for name, operation in OPERATIONS.items():
        for parameter in operation.get("parameters", ()):
            assert parameter["in"] == "path" or parameter["description"], (name, parameter["name"])


def test_descriptions_are_those_of_their_schemas() -> None:
    schemas = SCHEMA["components"]["schemas"]
    texts = [schema["description"] for name, schema in schemas.items() if "description" in schema]
    described = [text for text in texts if not text.startswith("* ")]
    shared = {text for text in described if described.count(text) > 1}
    assert shared == {"A picture and the fields of its image."}


def test_tokens_are_declared_as_bearer() -> None:
    scheme = SCHEMA["components"]["securitySchemes"]["token"]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
