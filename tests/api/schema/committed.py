"""The description of the API in ``docs/openapi.yaml``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

COMMITTED = Path(settings.BASE_DIR, "docs", "openapi.yaml")
SCHEMA: dict[str, Any] = yaml.safe_load(COMMITTED.read_text())
OPERATIONS = {
    operation["operationId"]: operation
    for operations in SCHEMA["paths"].values()
    for operation in operations.values()
}


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
