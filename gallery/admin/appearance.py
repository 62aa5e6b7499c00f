from __future__ import annotations

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html

from gallery.models import Image


def preview(image: Image, size: str, *, css: str) -> str:
    """An ``img`` that keeps its place while it loads; a dash until there is something to show."""
    if not image.has_previews:
        return "–"
    address = reverse("preview", args=[image.pk, size])
    return format_html('<img src="{}" alt="" loading="lazy" class="gallery-{}">', address, css)


def readable_size(size: int) -> str:
    return filesizeformat(size)
