"""The admin pages of embedding spaces, with buttons to change the encoder."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gallery.admin.spaces.actions import ACTIONS
from gallery.admin.spaces.pages import SpacePages
from gallery.embeddings.coverage import coverage_of
from gallery.models import EmbeddingSpace, SpaceState
from gallery.templatetags.durations import time_left

_BACKFILL_FIELDS = ("skipped", "time_left", "switches", "backfill_started", "backfill_complete")


@admin.register(EmbeddingSpace)
class EmbeddingSpaceAdmin(SpacePages):
    space_actions = ACTIONS
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
        context = {"offered": self.offered(request, space) if space else []}
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    def page_of(self, space: EmbeddingSpace) -> str:
        return reverse("admin:gallery_embeddingspace_change", args=[space.pk])

    def next_page(self, space: EmbeddingSpace) -> str:
        return reverse("admin:gallery_embeddingspace_changelist")

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


def _date(moment: datetime | None) -> str:
    return date_format(localtime(moment), "DATETIME_FORMAT") if moment else "–"
