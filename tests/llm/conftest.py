"""Both official clients, set up by the settings of a site, with a local provider."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from gallery.llm.base import Chat
from gallery.llm.configured import chat
from tests.llm.provider import Provider, running

KEY = "sk-canary-key"


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running() as started:
        yield started


@pytest.fixture(params=["anthropic", "openai"])
def model(request: pytest.FixtureRequest, provider: Provider, gallery_setting: Any) -> Chat:
    gallery_setting(
        llm_provider=request.param, llm_model="a-model", llm_url=provider.url, llm_key=KEY
    )
    configured = chat()
    assert configured is not None
    return configured
