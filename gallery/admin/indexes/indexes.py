"""The admin pages of vector indexes: a list, and a page with figures, plot and buttons per space.

A space has its page before it has an index.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gallery.admin.indexes.actions import INDEX_ACTIONS
from gallery.admin.indexes.recall_plot import recall_plot
from gallery.admin.spaces.actions import Text
from gallery.admin.spaces.pages import SpacePages
from gallery.core.config import config
from gallery.core.query_kind import QueryKind
from gallery.models import EmbeddingSpace, IndexBuild, IndexKind, IndexMeasurement
from gallery.operations.index_status import IndexStatus, status_of
from gallery.operations.next_index_work import next_work

_QUERIES = {QueryKind.TEXT: _("text"), QueryKind.PICTURE: _("picture")}


@dataclass(frozen=True)
class Setting:
    """How searches of one kind use the index, and the figures of that setting, if measured."""

    query: Text
    effort: int
    measured: IndexMeasurement | None


@admin.register(IndexBuild)
class IndexBuildAdmin(SpacePages):
    space_actions = INDEX_ACTIONS
    confirm_template = "admin/gallery/indexbuild/confirm.html"
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

    def get_urls(self) -> list[URLPattern]:
        show, act = self.admin_site.admin_view(self.show), self.admin_site.admin_view(self.act)
        return [
            path("space/<int:pk>/", show, name="gallery_indexbuild_space"),
            path("space/<int:pk>/do/<slug:action>/", act, name="gallery_indexbuild_act"),
            *super().get_urls(),
        ]

    def page_of(self, space: EmbeddingSpace) -> str:
        return reverse("admin:gallery_indexbuild_space", args=[space.pk])

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        spaces = EmbeddingSpace.objects.filter(dropping=False).order_by("-active", "pk")
        context = {"spaces": spaces, "min_rows": config().index_min_rows, **(extra_context or {})}
        return super().changelist_view(request, context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        index = self.get_object(request, unquote(object_id))
        if request.method == "GET" and index:
            return redirect("admin:gallery_indexbuild_space", index.space_id)
        return super().change_view(request, object_id, form_url, extra_context)

    def show(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        space = get_object_or_404(EmbeddingSpace, pk=pk)
        status, target = status_of(space), config().target_recall
        is_used = status.index is not None and status.index.is_worthwhile
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Vector index of %(space)s") % {"space": space},
            "opts": self.opts, "media": self.media, "space": space, "status": status,
            "offered": self.offered(request, space),
            "due": next_work(status.due), "is_used": is_used,
            "in_use": settings_of(status) if is_used else [],
            "effort_name": "ef_search" if _is_graph(status.index) else gettext("Probes"),
            "plot": recall_plot(status.measurements, target=target), "target": target,
            "min_rows": config().index_min_rows,
        }  # fmt: skip
        return TemplateResponse(request, "admin/gallery/indexbuild/space.html", context)


def _is_graph(index: IndexBuild | None) -> bool:
    return index is not None and index.kind == IndexKind.HNSW


def settings_of(status: IndexStatus) -> list[Setting]:
    return [
        Setting(query=_QUERIES[kind], effort=effort, measured=status.chosen.get(kind))
        for kind, effort in status.efforts.items()
    ]
