"""The imports of all people."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gallery.admin.listed_lookups import ListedLookups
from gallery.core.errors import NotNow
from gallery.ingest.imports import control
from gallery.models import ImportJob, JobState


@admin.register(ImportJob)
class ImportJobAdmin(ListedLookups):
    list_display = (
        "name", "kind", "owner", "progress", "total", "rows_read", "imported", "duplicates",
        "dropped", "created_at", "completed_at",
    )  # fmt: skip
    list_display_links = None
    list_filter = ("state", "kind")
    list_select_related = ("owner",)
    list_per_page = 50
    ordering = ("-created_at",)
    actions = ("pause", "resume", "delete_imports")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ImportJob | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ImportJob | None = None) -> bool:
        """The action of ours also deletes the file that was uploaded."""
        return False

    def has_control_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("gallery.change_importjob"))

    @admin.display(description=gettext_lazy("status"))
    def progress(self, job: ImportJob) -> str:
        if job.completed_at is not None:
            return _("complete")
        state = str(JobState(job.state).label)
        return f"{state}: {job.problem}" if job.problem else state

    @admin.action(description=gettext_lazy("Pause"), permissions=["control"])
    def pause(self, request: HttpRequest, jobs: QuerySet[ImportJob]) -> None:
        self._report(request, sum(_changed(control.pause, job) for job in jobs))

    @admin.action(description=gettext_lazy("Resume"), permissions=["control"])
    def resume(self, request: HttpRequest, jobs: QuerySet[ImportJob]) -> None:
        self._report(request, sum(_changed(control.resume, job) for job in jobs))

    @admin.action(
        description=gettext_lazy("Delete the imports, but not their pictures"),
        permissions=["control"],
    )
    def delete_imports(self, request: HttpRequest, jobs: QuerySet[ImportJob]) -> None:
        self._report(request, sum(_changed(control.delete, job) for job in jobs))

    def _report(self, request: HttpRequest, changed: int) -> None:
        if changed:
            self.message_user(request, _("Imports changed: %(n)d") % {"n": changed})
        else:
            self.message_user(request, _("Nothing was changed."), messages.WARNING)


def _changed(change: Callable[[ImportJob], None], job: ImportJob) -> bool:
    try:
        change(job)
    except NotNow:
        return False
    return True
