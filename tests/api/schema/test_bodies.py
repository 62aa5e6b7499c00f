"""What the schemas of bodies and parameters accept."""

from __future__ import annotations

from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from django.test import Client

from tests.api.schema.committed import OPERATIONS, SCHEMA, resolved

CROP = {"left": 0, "top": 0, "width": 1, "height": 1}


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
