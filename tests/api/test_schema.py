"""The description of the API: complete, up to date, and true where it can be checked at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from drf_spectacular.validation import validate_schema
from rest_framework.exceptions import APIException

import gallery.api.problems  # noqa: F401 - its errors are listed below
from gallery.api.schema.problem_types import PROBLEM_TYPES
from gallery.core.errors import (
    BackupFailed,
    ExportFailed,
    GalleryError,
    NotNow,
    RowError,
    SourceChanged,
    SourceUnreadable,
)
from gallery.core.errors import ExtensionTooOld as PgvectorTooOld

COMMITTED = Path(settings.BASE_DIR, "docs", "openapi.yaml")
SCHEMA: dict[str, Any] = yaml.safe_load(COMMITTED.read_text())
OPERATIONS = {
    operation["operationId"]: operation
    for operations in SCHEMA["paths"].values()
    for operation in operations.values()
}
# The errors of pages are no problems of the API.
FACES = ("gallery.api", "gallery.core", "gallery.ingest", "gallery.accounts")
CROP = {"left": 0, "top": 0, "width": 1, "height": 1}


@pytest.fixture
def generated(tmp_path: Path) -> str:
    call_command("spectacular", "--fail-on-warn", "--validate", file=str(tmp_path / "openapi.yaml"))
    return (tmp_path / "openapi.yaml").read_text()


def test_the_committed_schema_is_up_to_date(generated: str) -> None:
    assert generated == COMMITTED.read_text(), (
        "run: bin/manage spectacular --fail-on-warn --validate --file docs/openapi.yaml"
    )


def test_the_guide_names_every_code() -> None:
    text = Path(settings.BASE_DIR, "docs", "api.md").read_text()
    table = text.partition("| status | codes you should expect |")[2].partition("\n\n")[0]
    codes = [code for codes in PROBLEM_TYPES.values() for code in codes]
    assert [code for code in codes if f"`{code}`" not in table] == []


def resolved(value: Any) -> Any:
    """The value without references, so that ``jsonschema`` needs no document around it."""
    if isinstance(value, list):
        return [resolved(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        target: Any = SCHEMA
        for part in value["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        return resolved(target)
    schema = {key: resolved(item) for key, item in value.items() if key != "nullable"}
    return {"anyOf": [schema, {"type": "null"}]} if value.get("nullable") is True else schema


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


def codes_in_use() -> set[tuple[int, str]]:
    """Status and code of every error that a request can cause."""
    found = set()
    waiting: list[Any] = [GalleryError, APIException]
    # Only commands, workers and the admin raise these.
    elsewhere = (BackupFailed, ExportFailed, NotNow, PgvectorTooOld, RowError, SourceChanged,
                 SourceUnreadable)  # fmt: skip
    while waiting:
        error = waiting.pop()
        waiting += error.__subclasses__()
        if not error.__module__.startswith(FACES) or issubclass(error, elsewhere):
            continue
        if issubclass(error, GalleryError):
            found.add((error.status, error.code))
        elif error.__module__ == "gallery.api.problems" and "status_code" in vars(error):
            found.add((error.status_code, error.default_code))
    return {(status, code) for status, code in found if status != 500}


def test_every_code_of_an_error_is_described() -> None:
    answers = SCHEMA["components"]["responses"]
    missing = {
        (status, code)
        for status, code in codes_in_use()
        if f"- `{code}`: "
        not in answers.get(f"Problem{status}", {"description": ""})["description"]
    }
    # Errors of the addresses of files, which are not in the schema.
    files = {"original_unavailable", "signature_invalid", "signature_expired"}
    pages = {(409, "decided_since")}
    assert missing <= {(403, code) for code in files} | pages


@pytest.mark.parametrize(
    ("path", "fields", "code"),
    [
        ("images/", {"title": "a\0b"}, "null_character"),
        ("images/", {"title": "\ud800"}, "surrogate_characters_not_allowed"),
        ("images/", {"taken_at": "0001-01-01T00:00:00+14:00"}, "overflow"),
        ("auth/tokens/", {"expires_at": "2020-01-01T00:00:00Z"}, "past"),
        ("auth/tokens/", {"scopes": []}, "empty"),
        ("embeddings/", {"texts": "a dog"}, "not_a_list"),
        ("search/", {"q": "a", "limit": 9999}, "max_value"),
    ],
)
def test_the_codes_of_fields_are_described(
    owner_client: Client, path: str, fields: dict[str, Any], code: str
) -> None:
    answer = owner_client.post(f"/api/v1/{path}", fields, content_type="application/json")
    assert code in {error["code"] for error in answer.json()["errors"]}
    assert f"`{code}`" in SCHEMA["components"]["responses"]["Problem400"]["description"]
    assert f"`{code}`" in Path("docs/api.md").read_text()


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


def test_a_closed_site_declares_no_anonymous_access(
    client: Client, db: None, gallery_setting: Any
) -> None:
    gallery_setting(anonymous_access=False)
    served = client.get("/api/schema/", headers={"Accept": "application/json"}).json()
    assert {} not in served["paths"]["/api/v1/images/"]["get"]["security"]


def test_limits_of_the_site_are_in_the_schema(
    client: Client, db: None, gallery_setting: Any
) -> None:
    gallery_setting(max_results=77, max_query_length=99)
    served = client.get("/api/schema/", headers={"Accept": "application/json"}).json()
    parameters = served["paths"]["/api/v1/search/"]["get"]["parameters"]
    by_name = {parameter["name"]: parameter["schema"] for parameter in parameters}
    assert by_name["limit"]["maximum"] == 77
    assert by_name["q"]["maxLength"] == 99


@pytest.mark.parametrize(
    ("component", "body", "is_valid"),
    [
        ("EmbeddingRequest", {"texts": ["a"]}, True),
        ("EmbeddingRequest", {"texts": ["a"], "images": ["aa"]}, False),
        ("EmbeddingRequest", {}, False),
        ("TermRequest", {"text": "a", "weight": 2}, True),
        ("TermRequest", {"text": "a", "image_key": "b"}, False),
        ("TermRequest", {"text": "a", "crop": CROP}, False),
        ("TermRequest", {"image_key": "a", "crop": CROP}, True),
        ("SearchRequest", {"q": "a", "text": "a"}, False),
        ("SearchRequest", {"q": "a", "size": 1}, False),
        ("TermRequest", {"text": "a", "weight": 0}, False),
        ("TermRequest", {"image_key": "a", "crop": {**CROP, "width": 0}}, False),
        ("NewTokenRequest", {"name": "a", "scopes": []}, False),
        ("PatchedImageChangesRequest", {"title": "a", "id": "b", "previews": {}}, True),
        ("PatchedImageChangesRequest", {"titel": "a"}, False),
        ("ImageUploadRequest", {"file": "aa", "id": "b"}, False),
    ],
)  # fmt: skip
def test_rules_between_fields_are_expressed(
    component: str, body: dict[str, Any], is_valid: bool
) -> None:
    schema = resolved(SCHEMA["components"]["schemas"][component])
    assert jsonschema.Draft7Validator(schema).is_valid(body) == is_valid


def test_pictures_in_lists_are_declared_as_base64() -> None:
    for component in ("EmbeddingRequest", "SearchRequest"):
        schema = SCHEMA["components"]["schemas"][component]
        variants = [one["properties"] for one in schema.get("oneOf", [schema])]
        (images,) = [properties["images"] for properties in variants if "images" in properties]
        assert images["items"]["format"] == "byte"


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


@pytest.mark.parametrize(
    ("place", "is_valid"),
    [
        ("48,2", True), ("-33.8568,151.2153,500m", True), ("48.85, 2.35, 10 km", True),
        ("48,2,0.5km", True), ("48,2,20000km", True), ("48,2,20000", True), ("+48,2,0", True),
        ("90,180,20000000m", True), ("48,2,19999.9", True), ("48,2,20000.5km", False),
        ("48,2,20000001m", False), ("91,2", False), ("48,181", False), ("48", False),
        ("48,2,-1", False), ("48,2,1mile", False), ("48,2,1,1", False),
    ],
)  # fmt: skip
def test_places_of_the_schema_are_accepted(
    client: Client, db: None, place: str, is_valid: bool
) -> None:
    parameters = OPERATIONS["list_images"]["parameters"]
    (schema,) = [one["schema"] for one in parameters if one["name"] == "near"]
    assert jsonschema.Draft7Validator(schema).is_valid(place) == is_valid
    response = client.get("/api/v1/images/", {"near": place})
    assert response.status_code == (200 if is_valid else 400)


def test_the_schema_is_served(client: Client, db: None) -> None:
    response = client.get("/api/schema/", headers={"Accept": "application/json"})
    assert set(response.json()["paths"]) == set(SCHEMA["paths"])
    assert response.json()["servers"][0]["url"] == "/"
    validate_schema(response.json())  # type: ignore[no-untyped-call]
