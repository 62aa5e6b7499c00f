"""The committed schema, and the one that a site serves with its own settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from drf_spectacular.validation import validate_schema

from tests.api.schema.committed import COMMITTED, SCHEMA


@pytest.fixture
def generated(tmp_path: Path) -> str:
    call_command("spectacular", "--fail-on-warn", "--validate", file=str(tmp_path / "openapi.yaml"))
    return (tmp_path / "openapi.yaml").read_text()


def test_the_committed_schema_is_up_to_date(generated: str) -> None:
    assert generated == COMMITTED.read_text(), (
        "run: bin/manage spectacular --fail-on-warn --validate --file docs/openapi.yaml"
    )


def test_the_schema_is_served(client: Client, db: None) -> None:
    response = client.get("/api/schema/", headers={"Accept": "application/json"})
    assert set(response.json()["paths"]) == set(SCHEMA["paths"])
    assert response.json()["servers"][0]["url"] == "/"
    validate_schema(response.json())  # type: ignore[no-untyped-call]


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
