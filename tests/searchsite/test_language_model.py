"""The environment variables of the language model."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from searchsite.configuration.language_model import settings


def test_is_off_by_default() -> None:
    assert settings()["llm_provider"] == "off"


def test_key_may_be_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("sk-1\n")
    monkeypatch.setenv("GALLERY_LLM", "anthropic")
    monkeypatch.setenv("GALLERY_LLM_MODEL", "m")
    monkeypatch.setenv("GALLERY_LLM_KEY_FILE", str(tmp_path / "key"))
    assert settings()["llm_key"] == "sk-1"


def test_local_server_needs_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GALLERY_LLM", "openai")
    monkeypatch.setenv("GALLERY_LLM_MODEL", "m")
    monkeypatch.setenv("GALLERY_LLM_URL", "http://localhost:11434/v1")
    assert settings()["llm_url"] == "http://localhost:11434/v1"


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"GALLERY_LLM": "claude"}, "GALLERY_LLM"),
        ({"GALLERY_LLM": "openai"}, "GALLERY_LLM_MODEL"),
        ({"GALLERY_LLM": "openai", "GALLERY_LLM_MODEL": "m"}, "GALLERY_LLM_KEY_FILE"),
        (
            {"GALLERY_LLM": "openai", "GALLERY_LLM_MODEL": "m", "GALLERY_LLM_URL": "localhost:1"},
            "GALLERY_LLM_URL",
        ),
    ],
)
def test_wrong_value_is_named_at_start(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], named: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=named):
        settings()
