from __future__ import annotations

from django.utils.html import format_html

from gallery.models import Image
from gallery.models.addresses import address_of


def preview_html(image: Image, size: str, *, css_class: str) -> str:
    """A lazily loaded ``img``, or a dash while the image has no previews."""
    if not image.has_dimensions:
        return "–"
    url = address_of(image.pk, "preview", size)
    return format_html('<img src="{}" alt="" loading="lazy" class="gallery-{}">', url, css_class)
