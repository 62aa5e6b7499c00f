"""Sends requests that follow the schema, and requests that break it, to a running site."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.servers.basehttp import WSGIRequestHandler

from gallery.changeover.choose import choose
from tests.builders import make_embedded, make_token, make_user, unit_vector
from tests.local.site import ROOT

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
# Another test compares it with the one that the site serves.
SCHEMA = ROOT / "docs" / "openapi.yaml"
SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
# Test cases for each operation, of each kind.
EXAMPLES = 10
# What visitors may do without a login; the others answer them with 401.
OPEN = ("list_images", "get_image", "find_similar_images", "search_by_text", "search_by_terms",
        "get_status", "get_statistics", "log_in", "list_tags", "get_image_tags",
        "ask_question")  # fmt: skip
# The schema says neither which bytes are a picture (415, 422), nor which version is there (412),
# nor which events are still there (410).
REFUSALS = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", "401", "403", "404", "409", "410", "412", "415", "422", "429",
    "5xx"]

[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "406", "409", "412", "415", "422", "429"]

"""
OF_ONE_IMAGE = (
    "get_image", "find_similar_images", "classify_image", "update_image", "retry_image",
    "get_image_tags", "decide_image_tag", "react_to_image",
)  # fmt: skip


@pytest.fixture
def quick_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise every answer waits 40 ms for the acknowledgement of its headers."""
    monkeypatch.setattr(WSGIRequestHandler, "disable_nagle_algorithm", True)


@pytest.fixture
def no_rate_limits(settings: Any) -> None:
    scopes = ("anonymous_search", "anonymous_upload", "encoder", "login_address", "login_pair",
              "login_name")  # fmt: skip
    rates = dict.fromkeys(scopes)
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": rates}


@pytest.fixture
def owner_of_images(db: None) -> User:
    """Staff, whose tokens may have every scope."""
    return make_user("ann", is_staff=True)


@pytest.fixture
def configuration(owner_of_images: User, tmp_path: Path) -> Path:
    """Names an image that exists."""
    space = choose("builtin")
    images = make_embedded(space, [unit_vector(n) for n in range(3)], owner=owner_of_images)
    operations = "".join(
        f'[[operations]]\ninclude-operation-id = "{name}"\nparameters.id = "{images[0].pk}"\n'
        for name in OF_ONE_IMAGE
    )
    (tmp_path / "schemathesis.toml").write_text(REFUSALS + operations)
    return tmp_path / "schemathesis.toml"


def run(configuration: Path, site: str, *arguments: str) -> str:
    """The report of schemathesis; the test fails if it found a violation."""
    hooks = "tests.api.conformance.hooks"
    result = subprocess.run(
        [str(SCHEMATHESIS), "--config-file", str(configuration), "run", str(SCHEMA), "--url", site,
         *arguments, "--max-examples", str(EXAMPLES), "--seed", "1", "--request-timeout", "60",
         "--continue-on-failure", "--no-color", "--suppress-health-check", "all"],
        env={**os.environ, "SCHEMATHESIS_HOOKS": hooks, "PYTHONPATH": str(ROOT)},
        cwd=configuration.parent, capture_output=True, text=True, timeout=900,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout[-20_000:] + result.stderr
    return result.stdout


def operations(report: str) -> int:
    return int(re.findall(r"Tested: (\d+)", report)[0])


@pytest.mark.usefixtures("quick_server", "no_rate_limits")
class TestConformance:
    def test_anonymous_requests_keep_to_the_schema(
        self, live_server: Any, configuration: Path
    ) -> None:
        report = run(configuration, live_server.url,
                     "--include-operation-id-regex", f"^({'|'.join(OPEN)})$")  # fmt: skip
        assert operations(report) == len(OPEN)

    def test_requests_with_a_token_keep_to_the_schema(
        self, live_server: Any, configuration: Path, owner_of_images: User
    ) -> None:
        token = make_token(owner_of_images)
        # Without the operations that would end the token.
        report = run(configuration, live_server.url, "--header",
                     f"Authorization: Token {token}",
                     "--exclude-operation-id-regex", "^(log_out|revoke_token)$")  # fmt: skip
        assert operations(report) == len(re.findall("operationId:", SCHEMA.read_text())) - 2
