"""The list of tags of pictures, on which staff decide about open suggestions."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Count, F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from gallery.admin.listed_lookups import ListedLookups
from gallery.curation.tags import decide
from gallery.models import Image, ImageTag, TagState
from gallery.models.addresses import address_of
from gallery.templatetags.languages import in_language

# Tags in the filter, those with the most open suggestions.
_TAGS = 20


class _TagFilter(admin.SimpleListFilter):
    """By the number of the tag; offers those with open suggestions."""

    title, parameter_name = _("tag"), "tag"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, str]]:
        rows = model_admin.get_queryset(request).filter(state=TagState.SUGGESTED)
        counts = rows.order_by().values_list("tag", "tag__name").annotate(n=Count("pk"))
        most = counts.order_by("-n", "tag__name")[:_TAGS]
        return [(str(key), f"{name} ({count})") for key, name, count in most]

    def has_output(self) -> bool:
        return True

    def queryset(self, request: HttpRequest, queryset: QuerySet[ImageTag]) -> QuerySet[ImageTag]:
        value = self.value()
        if value is None:
            return queryset
        if not value.isdecimal() or len(value) > 9:
            raise IncorrectLookupParameters(value)
        return queryset.filter(tag_id=int(value))


@admin.register(ImageTag)
class ImageTagAdmin(ListedLookups):
    list_display = ("listed_picture", "tag", "listed_score", "source", "state")
    list_display_links = None
    list_filter = ("state", _TagFilter, "source")
    list_per_page = 50
    show_full_result_count = False
    ordering = (F("score").desc(nulls_last=True), "pk")
    search_fields = ("tag__name__iexact", "tag__name_zh__iexact")
    search_help_text = _("Searches the name of the tag.")
    actions = ("approve", "reject")

    class Media:
        css = {"all": ("gallery/admin/gallery.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[ImageTag]:
        """Those of the pictures that the site shows this person."""
        visible = Image.objects.visible_to(request.user)
        rows = ImageTag.objects.filter(image__in=visible)
        return rows.select_related("image", "tag").order_by(*self.ordering)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ImageTag | None = None) -> bool:
        """Rows are changed by the actions alone."""
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: ImageTag | None = None) -> bool:
        """A deleted row would be suggested again: suggestions are rejected."""
        return False

    @admin.action(description=_("Approve these suggestions"), permissions=["change"])
    def approve(self, request: HttpRequest, rows: QuerySet[ImageTag]) -> None:
        count = self._decide(request, rows, TagState.APPROVED)
        message = ngettext("Approved %d suggestion.", "Approved %d suggestions.", count)
        self._report(request, message, count)

    @admin.action(description=_("Reject these suggestions"), permissions=["change"])
    def reject(self, request: HttpRequest, rows: QuerySet[ImageTag]) -> None:
        count = self._decide(request, rows, TagState.REJECTED)
        message = ngettext("Rejected %d suggestion.", "Rejected %d suggestions.", count)
        self._report(request, message, count)

    def _decide(self, request: HttpRequest, rows: QuerySet[ImageTag], state: TagState) -> int:
        return decide.decide(rows, state, user=request.user)

    def _report(self, request: HttpRequest, message: str, count: int) -> None:
        level = messages.SUCCESS if count else messages.WARNING
        self.message_user(request, message % count, level)

    @admin.display(description=_("Picture"))
    def listed_picture(self, row: ImageTag) -> str:
        image = row.image
        preview = ""
        if image.has_dimensions:
            address = address_of(image.pk, "preview", "small")
            preview = format_html(
                '<img src="{}" alt="" loading="lazy" class="gallery-thumbnail">', address
            )
        return format_html(
            '<a href="{}" class="gallery-listed">{}<span>{}</span></a>',
            image.get_absolute_url(), preview, in_language(str(image)),
        )  # fmt: skip

    @admin.display(description=_("Similarity"), ordering="score")
    def listed_score(self, row: ImageTag) -> str:
        return "–" if row.score is None else number_format(row.score, 3)
