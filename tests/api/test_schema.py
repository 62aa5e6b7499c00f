from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from django.test import Client

COMMITTED = Path(settings.BASE_DIR, "docs", "openapi.yaml")


@pytest.fixture
def generated(tmp_path: Path) -> str:
    call_command("spectacular", "--fail-on-warn", "--validate", file=str(tmp_path / "openapi.yaml"))
    return (tmp_path / "openapi.yaml").read_text()


def test_the_committed_schema_is_up_to_date(generated: str) -> None:
    assert generated == COMMITTED.read_text(), (
        "run: bin/manage spectacular --fail-on-warn --validate --file docs/openapi.yaml"
    )


def test_every_operation_documents_problems() -> None:
    schema: dict[str, Any] = yaml.safe_load(COMMITTED.read_text())
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            content = operation["responses"]["default"]["content"]
            assert list(content) == ["application/problem+json"], (path, method)


def test_the_schema_is_served(client: Client, db: None) -> None:
    response = client.get("/api/schema/", headers={"Accept": "application/json"})
    assert set(response.json()["paths"]) == set(yaml.safe_load(COMMITTED.read_text())["paths"])
