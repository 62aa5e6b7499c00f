"""Template filters that show an image, without the inline styles that the CSP forbids."""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gallery.media.previews import SIZES
from gallery.models import Image, State, User
from gallery.models.addresses import address_of
from gallery.templatetags.languages import language_attribute

register = template.Library()

# Hundredths of width / height. ratios.css has a class for every step, because not all browsers
# support typed attr() and a style attribute would need unsafe-inline. A step of five hundredths
# crops at most 6 % of a narrow picture and 2.5 % of a square one.
RATIO_STEP = 5
MIN_RATIO, MAX_RATIO = 40, 300


@register.filter
def shows_preview(image: Image) -> bool:
    """Whether previews are on disk. A failed picture may have a size but no previews."""
    return image.state in (State.DERIVED, State.READY) and image.has_dimensions


@register.filter
def has_failed(image: Image) -> bool:
    """Failed until someone retries. A waiting picture may have an error code too."""
    return image.state in (State.FAILED, State.QUARANTINED)


@register.filter
def ratio_class(image: Image) -> str:
    if not image.width or not image.height or not shows_preview(image):
        return "ar-100"
    hundredths = round(100 * image.width / image.height / RATIO_STEP) * RATIO_STEP
    return f"ar-{min(max(hundredths, MIN_RATIO), MAX_RATIO)}"


@register.filter
def preview_url(image: Image, size: str) -> str:
    return address_of(image.pk, "preview", size)


@register.filter
def srcset(image: Image, sizes: str = "small medium") -> str:
    """The ``srcset`` of these previews. A preview's size is its longest side, not its width."""
    return ", ".join(
        f"{preview_url(image, size)} {preview_width(image, size)}w" for size in sizes.split()
    )


@register.filter
def preview_width(image: Image, size: str) -> int:
    width, height = image.width or 1, image.height or 1
    return max(1, round(width * min(1.0, SIZES[size] / max(width, height))))


@register.filter
def preview_height(image: Image, size: str) -> int:
    width, height = image.width or 1, image.height or 1
    return max(1, round(height * min(1.0, SIZES[size] / max(width, height))))


@register.simple_tag
def tile_preview(image: Image, sizes: str) -> SafeString:
    """The preview of a tile, over the dominant colour until it loads.

    A tag, because a page has hundreds of these values. The CSP allows an SVG fill but no style
    attribute.
    """
    text = alternative_text(image)
    return format_html(
        '<svg class="tint" aria-hidden="true" focusable="false">'
        '<rect width="100%" height="100%" fill="{}"/></svg>\n'
        '<img src="{}" srcset="{}" sizes="auto, {}" width="{}" height="{}" alt="{}"{}'
        ' loading="lazy" decoding="async">',
        image.colour or "none",
        preview_url(image, "medium"),
        srcset(image),
        sizes or "(max-width: 720px) 60vw, 400px",
        preview_width(image, "medium"),
        preview_height(image, "medium"),
        text,
        language_attribute(text),
    )


@register.filter
def stage_sizes(image: Image) -> str:
    """The ``sizes`` on the picture's own page: full width, but at most twice its size."""
    limit = f"{2 * (image.width or 1)}px"
    return f"(max-width: 900px) min(100vw, {limit}), min(100vw - 420px, {limit})"


@register.filter
def alternative_text(image: Image) -> str:
    if image.caption or image.title:
        return image.caption or image.title
    return _uploaded_on(image.created_at.date(), get_language())


@lru_cache(maxsize=1000)
def _uploaded_on(day: date, language: str | None) -> str:
    """In the current language, which is ``language``. Formatting a date takes 20 µs."""
    return _("Picture uploaded on %(date)s") % {"date": date_format(day)}


@register.filter
def display_name(image: Image, user: User) -> str:
    """The file name is for people who may change the picture: it may say who or where."""
    file_name = image.file_name if image.is_changeable_by(user) else ""
    return image.title or file_name or alternative_text(image)


@register.filter
def camera_facts(image: Image) -> list[tuple[str, str]]:
    """The camera's metadata as labels and values, in the usual order of photographers."""
    exif = image.exif
    facts = [
        (_("Camera"), image.camera, "{}"),
        (_("Lens"), image.lens, "{}"),
        (_("Exposure"), exif.get("exposure"), "{} s"),
        (_("Aperture"), exif.get("f_number"), "f/{:g}"),
        (_("ISO"), exif.get("iso"), "{}"),
        (_("Focal length"), exif.get("focal_length"), "{:g} mm"),
    ]
    return [(label, template.format(value)) for label, value, template in facts if value]


@register.filter
def place(image: Image) -> str:
    """Latitude and longitude in degrees, as maps accept them; the same in all languages."""
    return f"{image.latitude}, {image.longitude}"


@register.filter
def metadata_facts(image: Image) -> list[tuple[str, str]]:
    """Keys and values of the metadata document; values that are no text are JSON."""
    return [
        (key, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        for key, value in image.metadata.items()
    ]
