"""The settings of the language model, read from environment variables."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from searchsite.configuration import env


def settings() -> dict[str, Any]:
    """The keys of the GALLERY setting that belong to the language model."""
    provider = env.choice("GALLERY_LLM", "off", {"off", "anthropic", "openai"})
    values = {
        "llm_provider": provider,
        "llm_model": env.text("GALLERY_LLM_MODEL", ""),
        "llm_url": env.text("GALLERY_LLM_URL", ""),
        "llm_key": env.secret("GALLERY_LLM_KEY", str),
        "llm_seconds": env.duration("GALLERY_LLM_TIMEOUT", 60),
        "llm_places": max(1, env.integer("GALLERY_LLM_PLACES", 2)),
        "intent_seconds": env.duration("GALLERY_INTENT_TIMEOUT", 2),
        "llm_user_requests": env.integer("GALLERY_LLM_USER_REQUESTS", 100),
        "llm_user_tokens": env.integer("GALLERY_LLM_USER_TOKENS", 500_000),
        "llm_requests": env.integer("GALLERY_LLM_REQUESTS", 1_000),
        "llm_tokens": env.integer("GALLERY_LLM_TOKENS", 5_000_000),
    }
    if provider != "off":
        _check(values)
    return values


def _check(values: dict[str, Any]) -> None:
    if not values["llm_model"]:
        raise ImproperlyConfigured("GALLERY_LLM_MODEL is required where GALLERY_LLM is set")
    if not values["llm_key"] and (values["llm_provider"] == "anthropic" or not values["llm_url"]):
        raise ImproperlyConfigured(
            "GALLERY_LLM_KEY or GALLERY_LLM_KEY_FILE is required; only an address of your own "
            "(GALLERY_LLM_URL) may do without a key"
        )
    url = urlsplit(values["llm_url"])
    if values["llm_url"] and not (url.scheme in {"http", "https"} and url.hostname):
        raise ImproperlyConfigured(
            "GALLERY_LLM_URL must be an address such as http://localhost:11434/v1"
        )
