from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from gallery.admin.actions import ImageActions
from gallery.admin.appearance import preview, readable_size
from gallery.admin.meaning import by_meaning
from gallery.ingest import change
from gallery.models import Image, ImageQuerySet


@admin.register(Image)
class ImageAdmin(ImageActions):
    list_display = (
        "thumbnail", "name", "owner", "standing", "visibility", "file_size", "dimensions",
        "created",
    )  # fmt: skip
    list_display_links = ("thumbnail", "name")
    list_filter = (
        "state", "visibility", ("owner", admin.RelatedOnlyFieldListFilter), "format", "error_code",
    )  # fmt: skip
    list_select_related = ("owner",)
    list_per_page = 50
    show_full_result_count = False
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-id")
    search_fields = ("title", "caption", "file_name", "sha256__startswith", "id")
    search_help_text = _(
        "Words of title, caption or file name; “~ a red boat” searches by meaning."
    )
    fieldsets = (
        (None, {"fields": ("picture", "title", "caption", "visibility", "taken_at", "owner")}),
        (
            _("Processing"),
            {"fields": ("standing", "attempts", "lease_until", "next_attempt_at", "updated_at")},
        ),
        (
            _("File"),
            {
                "fields": (
                    "file_name", "format", "file_size", "dimensions", "colour", "sha256",
                    "original", "exif", "created_at",
                )
            },
        ),
    )  # fmt: skip
    readonly_fields = (
        "picture", "owner", "standing", "attempts", "lease_until", "next_attempt_at", "updated_at",
        "file_name", "format", "file_size", "dimensions", "colour", "sha256", "original", "exif",
        "created_at",
    )  # fmt: skip

    class Media:
        css = {"all": ("gallery/admin/gallery.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Image]:
        """Staff see what the site shows them; only superusers see private pictures of others."""
        return Image.objects.visible_to(request.user).order_by(*self.ordering)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Image], search_term: str
    ) -> tuple[QuerySet[Image], bool]:
        if search_term.startswith("~"):
            return by_meaning(self, request, queryset, text=search_term[1:].strip()), False
        return super().get_search_results(request, queryset, search_term)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Pictures come in through the site, which checks their bytes."""
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
        """The pictures alone: their vectors go with them and are not worth loading for a list."""
        names = [str(image) for image in objs]
        return names, {str(self.opts.verbose_name_plural): len(names)}, set(), []

    @admin.display(description=_("Picture"))
    def thumbnail(self, image: Image) -> str:
        return preview(image, "small", css="thumbnail")

    @admin.display(description=_("Picture"))
    def picture(self, image: Image) -> str:
        original = reverse("original", args=[image.pk])
        return format_html('<a href="{}">{}</a>', original, preview(image, "large", css="large"))

    @admin.display(description=_("Title"), ordering="title")
    def name(self, image: Image) -> str:
        return str(image)

    @admin.display(description=_("State"), ordering="state")
    def standing(self, image: Image) -> str:
        if not image.error_code:
            return str(image.get_state_display())
        return format_html(
            '{}<br><span class="trouble">{}: {}</span>',
            image.get_state_display(), image.error_code, image.error_message,
        )  # fmt: skip

    @admin.display(description=_("Size"), ordering="size")
    def file_size(self, image: Image) -> str:
        return readable_size(image.size)

    @admin.display(description=_("Dimensions"), ordering="width")
    def dimensions(self, image: Image) -> str:
        return f"{image.width} × {image.height}" if image.width and image.height else "–"

    @admin.display(description=_("Uploaded"), ordering="created_at")
    def created(self, image: Image) -> str:
        return date_format(localtime(image.created_at), "SHORT_DATETIME_FORMAT")
