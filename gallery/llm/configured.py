"""The language model of this site, if it has one."""

from __future__ import annotations

from gallery.core.config import config
from gallery.llm.base import Chat


def is_configured() -> bool:
    return config().llm_provider != "off"


def chat() -> Chat | None:
    """The clients take 40 to 66 MB and 2 s to import, so a site without a model does not."""
    site = config()
    if site.llm_provider == "anthropic":
        from gallery.llm import anthropic

        url = site.llm_url or anthropic.DEFAULT_URL
        return anthropic.AnthropicChat(site.llm_model, site.llm_key, url)
    if site.llm_provider == "openai":
        from gallery.llm import openai_compatible as openai

        url, key = site.llm_url or openai.DEFAULT_URL, site.llm_key or openai.NO_KEY
        return openai.OpenAiChat(site.llm_model, key, url)
    return None
