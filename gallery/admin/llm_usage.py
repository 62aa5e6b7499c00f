"""The admin's list of who used the language model on which day. Nobody edits it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from gallery.admin.listed_lookups import ListedLookups
from gallery.models import LlmUsage


@admin.register(LlmUsage)
class LlmUsageAdmin(ListedLookups):
    list_display = ("day", "user", "requests", "tokens_in", "tokens_out")
    list_filter = ("day",)
    list_select_related = ("user",)
    ordering = ("-day", "-requests")
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
