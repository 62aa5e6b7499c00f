"""Every code of an error is described in the schema and in the guide."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
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
from tests.api.schema.committed import SCHEMA

# The errors of pages are no problems of the API.
FACES = ("gallery.api", "gallery.core", "gallery.ingest", "gallery.accounts")


def test_the_guide_names_every_code() -> None:
    text = Path(settings.BASE_DIR, "docs", "api.md").read_text()
    table = text.partition("| status | codes you should expect |")[2].partition("\n\n")[0]
    codes = [code for codes in PROBLEM_TYPES.values() for code in codes]
    assert [code for code in codes if f"`{code}`" not in table] == []


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
