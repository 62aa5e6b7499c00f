from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from gallery.admin.images.actions import ImageActions
from gallery.admin.images.columns import ImageColumns
from gallery.admin.images.filters import (
    CameraFilter,
    FormatFilter,
    OrientationFilter,
    OwnerFilter,
    SuggestionFilter,
    TagFilter,
    YearFilter,
)
from gallery.admin.images.semantic_search import search_by_meaning
from gallery.admin.listed_lookups import ListedLookups
from gallery.ingest import change
from gallery.models import Image, ImageQuerySet

_PRIVATE = {"external_id", "place"}


@admin.register(Image)
class ImageAdmin(ListedLookups, ImageActions, ImageColumns):
    list_display = (
        "listed_picture", "owner", "status", "visibility", "listed_file", "listed_created",
    )  # fmt: skip
    list_filter = (
        "state", "visibility", "moderation", ("owner", OwnerFilter), YearFilter, OrientationFilter,
        FormatFilter, CameraFilter, TagFilter, SuggestionFilter, "error_code",
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
