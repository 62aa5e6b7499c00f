"""The list of what was decided about pictures that are deleted."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from gallery.admin.listed_lookups import ListedLookups
from gallery.models import ArchivedDecision
from gallery.models.moderation.states import is_moderator


@admin.register(ArchivedDecision)
class ArchiveAdmin(ListedLookups):
    list_display = (
        "sha256", "source", "detail", "action", "note", "decided_by", "decided_at", "deleted_at",
    )  # fmt: skip
    list_display_links = None
    list_filter = ("source", "action")
    list_select_related = ("decided_by",)
    search_fields = ("sha256__startswith",)
    show_full_result_count = False
    ordering = ("-id",)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_moderator(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A row has no page of its own."""
        return obj is None and is_moderator(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
