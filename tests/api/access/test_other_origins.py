from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.test import Client

APP = "https://app.example.org"


def preflight(client: Client, address: str, origin: str = APP) -> Any:
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST",
             "Access-Control-Request-Headers": "authorization"}  # fmt: skip
    return client.options(address, headers=headers)


def test_other_origins_are_not_allowed_by_default(client: Client, db: None) -> None:
    answer = client.get("/api/v1/images/", headers={"Origin": APP})
    assert "Access-Control-Allow-Origin" not in answer
    assert "Access-Control-Allow-Origin" not in preflight(client, "/api/v1/images/")


def test_a_listed_origin_may_use_the_api(client: Client, db: None, settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = [APP]
    allowed = preflight(client, "/api/v1/images/")
    assert (allowed.status_code, allowed["Access-Control-Allow-Origin"]) == (200, APP)
    assert "authorization" in allowed["Access-Control-Allow-Headers"]
    # Errors too, so that a page can read them; never with the session of the person.
    answer = client.get("/api/v1/images/?limit=0", headers={"Origin": APP})
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (400, APP)
    assert "RateLimit" in answer["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer
    other = preflight(client, "/api/v1/images/", "https://other.example.org")
    assert "Access-Control-Allow-Origin" not in other


def test_pages_are_not_readable_from_other_origins(client: Client, db: None, settings: Any) -> None:
    settings.CORS_ALLOW_ALL_ORIGINS = True
    assert "Access-Control-Allow-Origin" in client.get("/api/v1/images/", headers={"Origin": APP})
    for page in ("/", "/login/", "/upload/"):
        assert "Access-Control-Allow-Origin" not in client.get(page, headers={"Origin": APP})


def test_an_origin_without_a_scheme_is_reported(settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["app.example.org"]
    with pytest.raises(SystemCheckError, match=r"app\.example\.org"):
        call_command("check")
