"""What the list of pictures and the page of a picture show besides plain columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.template.defaultfilters import filesizeformat
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gallery.admin.images.facts_html import colour_html, json_html
from gallery.models import Image, Moderation
from gallery.models.addresses import address_of
from gallery.templatetags.languages import in_language

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Image]
else:
    ModelAdmin = admin.ModelAdmin


class ImageColumns(ModelAdmin):
    @admin.display(description=_("Picture"), ordering="title")
    def listed_picture(self, image: Image) -> str:
        """Thumbnail and title in one cell, so that a row has one link, with a name. The actions of
        moderation read the state that the row showed."""
        preview = _preview(image, "small", css_class="thumbnail")
        name = in_language(str(image))
        return format_html(
            '<span class="gallery-listed">{}<span>{}</span></span>'
            '<input type="hidden" name="shown" value="{}:{}">',
            preview, name, image.pk, image.moderation,
        )  # fmt: skip

    @admin.display(description=_("Picture"))
    def picture(self, image: Image) -> str:
        original = address_of(image.pk, "original")
        preview = _preview(image, "large", css_class="large", alt=gettext("Download original"))
        return format_html('<a href="{}">{}</a>', original, preview)

    @admin.display(description=_("Status"), ordering="state")
    def status(self, image: Image) -> str:
        state = str(image.get_state_display())
        if image.moderation != Moderation.VISIBLE:
            state = format_html("{}<br>{}", state, image.get_moderation_display())
        if not image.error_code:
            return state
        return format_html(
            '{}<br><span class="problem">{}: {}</span>',
            state, image.error_code, image.error_message,
        )  # fmt: skip

    @admin.display(description=_("Size"), ordering="size")
    def file_size(self, image: Image) -> str:
        return filesizeformat(image.size)

    @admin.display(description=_("Size"), ordering="size")
    def listed_file(self, image: Image) -> str:
        return format_html("{}<br>{}", self.dimensions(image), self.file_size(image))

    @admin.display(description=_("Dimensions"), ordering="width")
    def dimensions(self, image: Image) -> str:
        return f"{image.width} × {image.height}" if image.width and image.height else "–"

    @admin.display(description=_("Place"))
    def place(self, image: Image) -> str:
        return f"{image.latitude}, {image.longitude}" if image.has_place else "–"

    @admin.display(description=_("EXIF"))
    def exif_json(self, image: Image) -> str:
        return json_html(image.exif)

    @admin.display(description=_("Colour"))
    def dominant_colour(self, image: Image) -> str:
        return colour_html(image.colour)

    @admin.display(description=_("Metadata"))
    def metadata_json(self, image: Image) -> str:
        return json_html(image.metadata)

    @admin.display(description=_("Uploaded"), ordering="created_at")
    def listed_created(self, image: Image) -> str:
        created = localtime(image.created_at)
        date = date_format(created, "SHORT_DATE_FORMAT")
        return format_html("{}<br>{}", date, date_format(created, "TIME_FORMAT"))


def _preview(image: Image, size: str, *, css_class: str, alt: str = "") -> str:
    """A lazily loaded ``img``, or a dash while the image has no previews."""
    if not image.has_dimensions:
        return "–"
    url = address_of(image.pk, "preview", size)
    return format_html(
        '<img src="{}" alt="{}" loading="lazy" class="gallery-{}">', url, alt, css_class
    )
