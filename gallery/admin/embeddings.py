"""The admin pages of embedding spaces and their indexes, with buttons to change the encoder."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gallery.admin.space_actions import ACTIONS, SpaceAction, message_for
from gallery.core.errors import GalleryError
from gallery.embeddings.coverage import coverage_of
from gallery.models import EmbeddingSpace, IndexBuild, SpaceState
from gallery.templatetags.durations import time_left

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin


class ReadOnly(ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


_BACKFILL_FIELDS = ("skipped", "time_left", "switches", "backfill_started", "backfill_complete")


@admin.register(EmbeddingSpace)
class EmbeddingSpaceAdmin(ReadOnly):
    class Media:
        css = {"all": ("gallery/admin/gallery.css",)}

    list_display = (
        "encoder",
        "status",
        "embedded",
        "time_left",
        "problem",
        "reason",
        "fingerprint",
    )
    list_select_related = ("backfill", "index_failure")
    readonly_fields = (
        "status",
        "embedded",
        "problem",
        "created_at",
        "activated_at",
        *_BACKFILL_FIELDS,
    )

    def get_urls(self) -> list[URLPattern]:
        act = self.admin_site.admin_view(self.act)
        name = "gallery_embeddingspace_act"
        return [path("<int:pk>/do/<slug:action>/", act, name=name), *super().get_urls()]

    def get_fields(self, request: HttpRequest, obj: EmbeddingSpace | None = None) -> Any:
        backfill = _BACKFILL_FIELDS if hasattr(obj, "backfill") else ()
        rest = ("problem", "reason", "fingerprint", "created_at", "activated_at")
        return ["encoder", "status", "embedded", *backfill, *rest]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        space = self.get_object(request, unquote(object_id))
        offered = [each for each in ACTIONS if space and each.offered(space)]
        context = {"offered": [each for each in offered if _may(request, each)]}
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    def act(self, request: HttpRequest, pk: int, action: str) -> HttpResponse:
        """Show a confirmation page; do the action when its form is posted."""
        chosen = next((each for each in ACTIONS if each.name == action), None)
        if chosen is None:
            raise Http404
        if not _may(request, chosen):
            raise PermissionDenied
        space = get_object_or_404(EmbeddingSpace, pk=pk)
        if request.method == "POST":
            self._do(request, space, chosen)
            return redirect("admin:gallery_embeddingspace_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": chosen.label, "opts": self.opts, "space": space, "action": chosen,
            "coverage": coverage_of(space),
            "back": reverse("admin:gallery_embeddingspace_change", args=[pk]),
        }  # fmt: skip
        return TemplateResponse(request, "admin/gallery/embeddingspace/confirm.html", context)

    def _do(self, request: HttpRequest, space: EmbeddingSpace, action: SpaceAction) -> None:
        if not action.offered(space):
            message = gettext("This is not possible in the space's current status.")
            self.message_user(request, message, messages.WARNING)
            return
        try:
            action.do(space)
        except GalleryError as error:
            self.message_user(request, message_for(error), messages.ERROR)
        else:
            self.log_change(request, space, action.name)
            self.message_user(request, str(action.done), messages.SUCCESS)

    @admin.display(description=_("Status"))
    def status(self, space: EmbeddingSpace) -> str:
        if space.state == SpaceState.BACKFILLING and space.backfill.completed_at:
            return gettext("backfill complete")
        return str(space.state.label)

    @admin.display(description=_("Pictures with a vector"))
    def embedded(self, space: EmbeddingSpace) -> str:
        coverage = coverage_of(space)
        return f"{coverage.embedded} / {coverage.total} ({coverage.percent} %)"

    @admin.display(description=_("Pictures skipped"))
    def skipped(self, space: EmbeddingSpace) -> int:
        return coverage_of(space).skipped

    @admin.display(description=_("Time left"))
    def time_left(self, space: EmbeddingSpace) -> str:
        if space.state != SpaceState.BACKFILLING:
            return "–"
        return time_left(coverage_of(space).seconds_left)

    @admin.display(description=_("Problem"))
    def problem(self, space: EmbeddingSpace) -> str:
        return space.problem or "–"

    @admin.display(description=_("Switches automatically"), boolean=True)
    def switches(self, space: EmbeddingSpace) -> bool:
        return space.backfill.switch_when_complete

    @admin.display(description=_("Backfill started at"))
    def backfill_started(self, space: EmbeddingSpace) -> str:
        return _date(space.backfill.created_at)

    @admin.display(description=_("Backfill complete since"))
    def backfill_complete(self, space: EmbeddingSpace) -> str:
        return _date(space.backfill.completed_at)


@admin.register(IndexBuild)
class IndexBuildAdmin(ReadOnly):
    list_display = (
        "name",
        "space",
        "kind",
        "lists",
        "text_effort",
        "picture_effort",
        "rows",
        "built_at",
    )
    list_select_related = ("space",)


def _date(moment: datetime | None) -> str:
    return date_format(localtime(moment), "DATETIME_FORMAT") if moment else "–"


def _may(request: HttpRequest, action: SpaceAction) -> bool:
    return bool(request.user.has_perm(f"gallery.{action.permission}_embeddingspace"))
