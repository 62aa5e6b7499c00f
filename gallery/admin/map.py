"""The maps of the gallery: the one that people see, and the one that is being made."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gallery.admin.listed_lookups import ListedLookups
from gallery.map import control
from gallery.models import JobState, MapProjection


@admin.register(MapProjection)
class MapProjectionAdmin(ListedLookups):
    list_display = ("space", "method", "progress", "pictures", "created_at", "completed_at")
    list_display_links = None
    list_select_related = ("space",)
    ordering = ("-pk",)
    actions = ("pause", "resume", "make_anew")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: MapProjection | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: MapProjection | None = None) -> bool:
        return False

    def has_control_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("gallery.change_mapprojection"))

    @admin.display(description=gettext_lazy("status"))
    def progress(self, projection: MapProjection) -> str:
        if projection.completed_at is not None:
            return _("in use")
        state = str(JobState(projection.state).label)
        return f"{state}: {projection.problem}" if projection.problem else state

    @admin.action(description=gettext_lazy("Pause"), permissions=["control"])
    def pause(self, request: HttpRequest, projections: QuerySet[MapProjection]) -> None:
        changed = [control.pause(projection) for projection in projections]
        self._report(request, any(changed), _("The map is paused."))

    @admin.action(description=gettext_lazy("Resume"), permissions=["control"])
    def resume(self, request: HttpRequest, projections: QuerySet[MapProjection]) -> None:
        changed = [control.resume(projection) for projection in projections]
        self._report(request, any(changed), _("The map is being made again."))

    @admin.action(description=gettext_lazy("Make anew"), permissions=["control"])
    def make_anew(self, request: HttpRequest, projections: QuerySet[MapProjection]) -> None:
        complete = projections.complete().first()  # type: ignore[attr-defined]
        if complete is not None:
            control.make_anew(complete)
        self._report(request, complete is not None, _("The map is being made again."))

    def _report(self, request: HttpRequest, is_changed: bool, text: str) -> None:
        level = messages.SUCCESS if is_changed else messages.WARNING
        self.message_user(request, text if is_changed else _("Nothing was changed."), level)
