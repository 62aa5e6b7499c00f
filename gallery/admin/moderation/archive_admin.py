"""The list of what was decided about pictures that are deleted."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from gallery.admin.listed_lookups import ListedLookups
from gallery.models import ArchivedDecision
from gallery.models.moderation.states import is_moderator


@admin.register(ArchivedDecision)
class ArchiveAdmin(ListedLookups):
    list_display = (
        "decided_at", "action", "source", "detail", "note", "decided_by", "deleted_at", "file",
    )  # fmt: skip
    list_display_links = None
    list_filter = ("source", "action")
    list_select_related = ("decided_by",)
    search_fields = ("sha256__startswith",)
    show_full_result_count = False
    ordering = ("-id",)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    @admin.display(description=_("SHA-256"), ordering="sha256")
    def file(self, row: ArchivedDecision) -> str:
        """In four parts, so that a narrow column can break it."""
        parts = ((row.sha256[start : start + 16],) for start in range(0, 64, 16))
        return format_html_join(mark_safe("<wbr>"), "{}", parts)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_moderator(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A row has no page of its own."""
        return obj is None and is_moderator(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
