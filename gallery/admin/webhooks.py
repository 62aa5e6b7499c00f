"""The admin's list of webhooks. People create their own in the API; staff can delete them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from gallery.admin.listed_lookups import ListedLookups
from gallery.models import Webhook


@admin.register(Webhook)
class WebhookAdmin(ListedLookups):
    list_display = ("url", "user", "active", "failure", "answer", "delivered_at")
    list_filter = ("active", "failure")
    list_select_related = ("user",)
    ordering = ("-created_at",)
    show_full_result_count = False
    exclude = ("transaction", "event")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
