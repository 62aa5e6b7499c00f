from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from gallery.admin.facts_html import colour_html, json_html
from gallery.admin.image_actions import ImageActions
from gallery.admin.image_filters import (
    CameraFilter,
    FormatFilter,
    OrientationFilter,
    OwnerFilter,
    YearFilter,
)
from gallery.admin.preview import preview_html
from gallery.admin.semantic_search import search_by_meaning
from gallery.ingest import change
from gallery.models import Image, ImageQuerySet
from gallery.models.addresses import address_of

_PRIVATE = {"external_id", "place"}


@admin.register(Image)
class ImageAdmin(ImageActions):
    list_display = (
        "thumbnail", "name", "owner", "status", "visibility", "file_size", "dimensions",
        "created",
    )  # fmt: skip
    list_display_links = ("thumbnail", "name")
    list_filter = (
        "state", "visibility", ("owner", OwnerFilter), YearFilter, OrientationFilter,
        FormatFilter, CameraFilter, "error_code",
    )  # fmt: skip
    list_select_related = ("owner",)
    list_per_page = 50
    show_full_result_count = False
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-id")
    search_fields = ("title", "caption", "file_name", "sha256__startswith", "id")
    search_help_text = _(
        "Searches title, caption and file name. Start with ~ to search by meaning: “~ a red boat”."
    )
    fieldsets = (
        (None, {"fields": ("picture", "title", "caption", "visibility", "taken_at", "owner")}),
        (
            _("Processing"),
            {"fields": ("status", "attempts", "lease_until", "next_attempt_at", "updated_at")},
        ),
        (
            _("File"),
            {
                "fields": (
                    "file_name", "format", "file_size", "dimensions", "sha256", "original",
                    "created_at",
                )
            },
        ),
        (
            _("Facts"),
            {
                "fields": (
                    "external_id", "place", "camera", "lens", "exif_json", "dominant_colour",
                    "metadata_json",
                )
            },
        ),
    )  # fmt: skip
    readonly_fields = (
        "picture", "owner", "status", "attempts", "lease_until", "next_attempt_at", "updated_at",
        "file_name", "format", "file_size", "dimensions", "sha256", "original", "created_at",
        "external_id", "place", "camera", "lens", "exif_json", "dominant_colour", "metadata_json",
    )  # fmt: skip

    class Media:
        css = {"all": ("gallery/admin/gallery.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Image]:
        """The pictures that the site shows this person."""
        return Image.objects.visible_to(request.user).order_by(*self.ordering)

    def get_fieldsets(self, request: HttpRequest, obj: Image | None = None) -> list[Any]:
        """Without the facts that are for the owner and superusers, for other staff."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is not None and obj.is_changeable_by(request.user):
            return list(fieldsets)
        return [
            (title, {**options, "fields": [f for f in options["fields"] if f not in _PRIVATE]})
            for title, options in fieldsets
        ]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Image], search_term: str
    ) -> tuple[QuerySet[Image], bool]:
        if search_term.startswith("~"):
            return search_by_meaning(self, request, queryset, text=search_term[1:].strip()), False
        return super().get_search_results(request, queryset, search_term)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Pictures are uploaded on the site, which checks the file."""
        return False

    def view_on_site(self, image: Image) -> str:
        return image.get_absolute_url()

    def save_model(
        self, request: HttpRequest, obj: Image, form: forms.ModelForm[Image], change_: bool
    ) -> None:
        change.edit(obj, **{name: form.cleaned_data[name] for name in form.changed_data})

    def delete_model(self, request: HttpRequest, obj: Image) -> None:
        change.delete(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Image]) -> None:
        change.delete(cast(ImageQuerySet, queryset))

    def get_deleted_objects(
        self, objs: QuerySet[Image] | Sequence[Image], request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        """List the pictures only, without loading the vectors that are deleted with them."""
        names = [str(image) for image in objs]
        return names, {str(self.opts.verbose_name_plural): len(names)}, set(), []

    @admin.display(description=_("Picture"))
    def thumbnail(self, image: Image) -> str:
        return preview_html(image, "small", css_class="thumbnail")

    @admin.display(description=_("Picture"))
    def picture(self, image: Image) -> str:
        original = address_of(image.pk, "original")
        preview = preview_html(image, "large", css_class="large")
        return format_html('<a href="{}">{}</a>', original, preview)

    @admin.display(description=_("Title"), ordering="title")
    def name(self, image: Image) -> str:
        return str(image)

    @admin.display(description=_("Status"), ordering="state")
    def status(self, image: Image) -> str:
        if not image.error_code:
            return str(image.get_state_display())
        return format_html(
            '{}<br><span class="problem">{}: {}</span>',
            image.get_state_display(), image.error_code, image.error_message,
        )  # fmt: skip

    @admin.display(description=_("Size"), ordering="size")
    def file_size(self, image: Image) -> str:
        return filesizeformat(image.size)

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
    def created(self, image: Image) -> str:
        return date_format(localtime(image.created_at), "SHORT_DATETIME_FORMAT")
