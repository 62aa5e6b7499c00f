"""The imports of all people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gallery.admin.listed_lookups import ListedLookups
from gallery.core.errors import NotNow
from gallery.ingest.imports import control, picture_deletion
from gallery.models import ImportJob, ImportStatus


class StatusFilter(admin.SimpleListFilter):
    """As the list shows it: a complete import is neither running nor paused."""

    title = gettext_lazy("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(ImportStatus.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[ImportJob]) -> QuerySet[ImportJob]:
        status = self.value()
        if status is None or status not in ImportStatus:
            return queryset
        return queryset & ImportJob.objects.in_status(ImportStatus(status))


@admin.register(ImportJob)
class ImportJobAdmin(ListedLookups):
    list_display = (
        "source_name", "owner", "created_at", "progress", "imported", "duplicates", "dropped",
    )  # fmt: skip
    list_display_links = None
    list_filter = (StatusFilter, "kind")
    list_select_related = ("owner",)
    list_per_page = 50
    ordering = ("-created_at",)
    actions = ("pause", "resume", "delete_imports", "delete_with_pictures")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ImportJob | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ImportJob | None = None) -> bool:
        """The action of ours also deletes the file that was uploaded."""
        return False

    def has_control_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("gallery.change_importjob"))

    def has_control_pictures_permission(self, request: HttpRequest) -> bool:
        is_allowed = request.user.has_perm("gallery.delete_image")
        return self.has_control_permission(request) and is_allowed

    @admin.display(description=gettext_lazy("source"), ordering="name")
    def source_name(self, job: ImportJob) -> str:
        if not job.parts:
            return job.name
        count = len(job.parts)
        more = ngettext("and %(n)d more archive", "and %(n)d more archives", count) % {"n": count}
        return f"{job.name} {more}"

    @admin.display(description=gettext_lazy("status"))
    def progress(self, job: ImportJob) -> str:
        status = str(job.status.label)
        return f"{status}: {job.problem}" if job.problem else status

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
    def delete_imports(
        self, request: HttpRequest, jobs: QuerySet[ImportJob]
    ) -> HttpResponse | None:
        if "confirmed" not in request.POST:
            return self._confirm(request, jobs, with_pictures=False)
        count = sum(_changed(control.delete, job) for job in jobs)
        text = ngettext("%(n)d import is deleted.", "%(n)d imports are deleted.", count)
        self.message_user(request, text % {"n": count})
        return None

    @admin.action(
        description=gettext_lazy("Delete the imports and their pictures"),
        permissions=["control_pictures"],
    )
    def delete_with_pictures(
        self, request: HttpRequest, jobs: QuerySet[ImportJob]
    ) -> HttpResponse | None:
        if "confirmed" not in request.POST:
            return self._confirm(request, jobs, with_pictures=True)
        for job in jobs:
            picture_deletion.begin(job)
        self.message_user(request, _("The pictures of the imports are being deleted."))
        return None

    def _confirm(
        self, request: HttpRequest, jobs: QuerySet[ImportJob], *, with_pictures: bool
    ) -> HttpResponse:
        shown = [
            (job, picture_deletion.pictures_of(job).count() if with_pictures else 0)
            for job in jobs.select_related("owner")
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": ngettext("Delete this import?", "Delete these imports?", len(shown)),
            "opts": self.opts,
            "jobs": shown,
            "with_pictures": with_pictures,
            "pictures": sum(count for _job, count in shown),
            "selection": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/gallery/importjob/delete.html", context)

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
