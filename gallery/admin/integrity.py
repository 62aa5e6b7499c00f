"""The report of the check of files: how far it is, and which files are damaged."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gallery.admin.listed_lookups import ListedLookups
from gallery.core.command_line import management_command
from gallery.core.config import config
from gallery.models import FindingKind, IntegrityCheck, IntegrityFinding
from gallery.operations.integrity import control

_ACTIONS = {
    "pause": (control.pause, gettext_lazy("The check is paused.")),
    "resume": (control.resume, gettext_lazy("The check continues.")),
    "start": (control.start, gettext_lazy("A new round begins.")),
}


@admin.register(IntegrityFinding)
class IntegrityFindingAdmin(ListedLookups):
    list_display = ("picture", "kind", "detail", "owner", "found_at")
    list_display_links = None
    list_filter = ("kind",)
    list_select_related = ("image__owner",)
    list_per_page = 50
    ordering = ("-found_at", "-pk")
    change_list_template = "admin/gallery/integrityfinding/change_list.html"

    class Media:
        css = {"all": ("gallery/admin/gallery.css", "gallery/admin/index.css")}

    def get_queryset(self, request: HttpRequest) -> QuerySet[IntegrityFinding]:
        findings: QuerySet[IntegrityFinding] = super().get_queryset(request)
        return findings.visible_to(request.user)  # type: ignore[attr-defined, no-any-return]

    def get_urls(self) -> list[URLPattern]:
        act = self.admin_site.admin_view(self.act)
        name = "gallery_integrityfinding_act"
        return [path("do/<slug:action>/", act, name=name), *super().get_urls()]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {
            "check": IntegrityCheck.objects.current(),
            "counts": _counts(self.get_queryset(request)),
            "may_control": _may_control(request),
            "is_off": not config().integrity_rate,
            "rate": config().integrity_rate,
            "command": management_command("integrity --repair --backup FOLDER").strip("`"),
            "title": _("Damaged files"),
            **(extra_context or {}),
        }
        return super().changelist_view(request, context)

    def act(self, request: HttpRequest, action: str) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not _may_control(request) or action not in _ACTIONS:
            raise PermissionDenied
        change, text = _ACTIONS[action]
        is_changed = change(IntegrityCheck.objects.current())
        level = messages.SUCCESS if is_changed else messages.WARNING
        self.message_user(request, text if is_changed else _("Nothing was changed."), level)
        return redirect("admin:gallery_integrityfinding_changelist")

    @admin.display(description=gettext_lazy("Picture"))
    def picture(self, finding: IntegrityFinding) -> SafeString:
        image = finding.image
        return format_html('<a href="{}">{}</a>', image.get_absolute_url(), image)

    @admin.display(description=gettext_lazy("Owner"))
    def owner(self, finding: IntegrityFinding) -> str:
        return str(finding.image.owner or "–")


def _may_control(request: HttpRequest) -> bool:
    return bool(request.user.has_perm("gallery.change_integrityfinding"))


def _counts(findings: QuerySet[IntegrityFinding]) -> list[tuple[str, int]]:
    """The kinds that occur, with their numbers, in the order of the kinds."""
    rows = findings.order_by().values_list("kind").annotate(n=Count("pk"))
    numbers = dict(rows)
    return [(str(kind.label), numbers[kind.value]) for kind in FindingKind if kind.value in numbers]
