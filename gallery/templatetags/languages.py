"""The language of texts that people have written, for the attribute ``lang``."""

from __future__ import annotations

import re
import unicodedata

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()

# In this order, because Japanese and Korean texts have Chinese characters too. Latin letters count
# as English: with the voice and the fonts of a Chinese page they would be hard to understand.
_LETTERS = {
    "ja": re.compile(r"[\u3040-\u30ff]"),
    "ko": re.compile(r"[\u1100-\u11ff\uac00-\ud7af]"),
    "zh": re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"),
    "en": re.compile(r"[A-Za-z]"),
}


def language_of(text: str) -> str:
    """Guessed from the letters; empty for other scripts."""
    return next((code for code, letters in _LETTERS.items() if letters.search(text)), "")


@register.filter
def language_attribute(text: str) -> SafeString:
    """`` lang="zh"`` if the language of ``text`` is known and is not that of the page."""
    code = language_of(text)
    is_known = code and code != (get_language() or "").split("-")[0]
    return format_html(' lang="{}"', code) if is_known else SafeString("")


@register.filter
def in_language(text: str) -> SafeString:
    """``text`` in an element of its language, where that is not the language of the page.

    Text that is written from right to left does not reorder what is around it.
    """
    attribute = language_attribute(text)
    if any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in text):
        return format_html("<bdi{}>{}</bdi>", attribute, text)
    if not attribute:
        return conditional_escape(text)
    return format_html("<span{}>{}</span>", attribute, text)
