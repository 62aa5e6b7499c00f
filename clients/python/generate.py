"""Generates ``searchsite_client/generated`` from the schema, each time the package is built."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from ruamel.yaml import YAML

FOLDER = Path(__file__).resolve().parent
SCHEMA = FOLDER.parent.parent / "docs" / "openapi.yaml"
CODE = FOLDER / "searchsite_client" / "generated"
COMMAND = [sys.executable, "-m", "openapi_python_client", "generate", "--fail-on-warning"]
OPTIONS = ["--config", FOLDER / "generator.yaml", "--meta", "none", "--output-path", CODE]


class GeneratedCode(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        shutil.rmtree(CODE, ignore_errors=True)
        with TemporaryDirectory() as folder:
            path = Path(folder) / "openapi.json"
            path.write_text(json.dumps(schema_for_the_generator(), default=str))
            subprocess.run([*COMMAND, *OPTIONS, "--path", path], check=True)  # noqa: S603


def schema_for_the_generator() -> Any:
    schema = YAML(typ="safe").load(SCHEMA)
    for operations in schema["paths"].values():
        for operation in operations.values():
            make_body_optional(operation)
            leave_out_not_modified(operation)
    merge_variants(schema["components"]["schemas"], "ImageUploadRequest")
    return schema


def merge_variants(schemas: Any, name: str) -> None:
    """openapi-python-client 0.29.1 refuses two variants that have the same object as a field."""
    variants = schemas[name].pop("oneOf")
    properties = {key: value for each in variants for key, value in each["properties"].items()}
    schemas[name] |= {"type": "object", "properties": properties, "additionalProperties": False}


def make_body_optional(operation: Any) -> None:
    """If it has several content types.

    openapi-python-client 0.29.1 makes such a body optional in any case, and forgets an import if it
    is required.
    """
    if len(operation.get("requestBody", {}).get("content", {})) > 1:
        operation["requestBody"]["required"] = False


def leave_out_not_modified(operation: Any) -> None:
    """An answer without a body (304) would make ``Any`` of the type of every answer."""
    if operation["responses"].pop("304", None):
        parameters = operation["parameters"]
        operation["parameters"] = [one for one in parameters if one["name"] != "If-None-Match"]
