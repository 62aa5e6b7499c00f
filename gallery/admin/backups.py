"""The admin's list of completed backups. Nobody edits it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gallery.admin.listed_lookups import ListedLookups
from gallery.models import CompletedBackup
from gallery.operations.health import backup_age


@admin.register(CompletedBackup)
class CompletedBackupAdmin(ListedLookups):
    list_display = (
        "name", "completed_at", "pictures", "listed_size", "listed_copied", "missing", "damaged",
        "place",
    )  # fmt: skip
    list_display_links = None
    ordering = ("-completed_at", "-pk")
    change_list_template = "admin/gallery/completedbackup/change_list.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        newest = backup_age.newest()
        age = _("There is no backup yet.")
        if newest is not None:
            age = _("The last backup is %(age)s old.") % {"age": timesince(newest)}
        context = {
            "title": _("Backups"),
            "age": age,
            "is_too_old": bool(backup_age.reason()),
            **(extra_context or {}),
        }
        return super().changelist_view(request, context)

    @admin.display(description=gettext_lazy("size"), ordering="size")
    def listed_size(self, backup: CompletedBackup) -> str:
        return filesizeformat(backup.size)

    @admin.display(description=gettext_lazy("copied"), ordering="copied")
    def listed_copied(self, backup: CompletedBackup) -> str:
        return filesizeformat(backup.copied)
