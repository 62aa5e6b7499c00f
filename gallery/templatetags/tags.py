"""Names of tags in the reader's language, and the searches for them."""

from __future__ import annotations

from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.translation import get_language

from gallery.models import Tag
from gallery.search.syntax import unparse

register = template.Library()


@register.filter
def tag_name(tag: Tag) -> str:
    """The Chinese name on a Chinese page, where the tag has one."""
    return tag.name_in(get_language())


@register.filter
def other_name(tag: Tag) -> str:
    """The name that ``tag_name`` does not give; empty if there is none."""
    return tag.name_zh if tag_name(tag) == tag.name else tag.name


@register.filter
def tag_search(tag: Tag) -> str:
    """The address of a search for the pictures that have the tag."""
    return f"{reverse('search')}?{urlencode({'q': unparse('tag', tag_name(tag))})}"
