"""The page of a person's imports."""

from __future__ import annotations

import contextlib
import uuid

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gallery.core.config import config
from gallery.core.errors import FileTooLarge, GalleryError, InvalidInput, NotFound, NotNow
from gallery.core.size_limits import format_size
from gallery.core.upload_cap import refused_files
from gallery.ingest.imports import control, picture_deletion, report, uploads
from gallery.ingest.imports.uploads import UploadedSource
from gallery.models import Image, ImportJob, ImportStatus, State, User
from gallery.pages.access import members_only
from gallery.pages.errors.advice import text_for
from gallery.pages.errors.messages import error_message
from gallery.pages.imports.form import ImportForm, is_archive
from gallery.pages.imports.progress import ImportProgress, progress_of

_SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@members_only
def imports(request: HttpRequest) -> HttpResponse:
    form = ImportForm(request.POST or None, request.FILES or None)
    too_large = refused_files(request) if request.method == "POST" else []
    if too_large:
        form.fields["sources"].required = False
    if request.method == "POST" and form.is_valid():
        for file in too_large:
            messages.error(request, f"{file.name}: {_text_for(uploads.too_large())}")
        has_gap = any(is_archive(file.name) for file in too_large)
        if _start(request, form, without_archives=has_gap) and not too_large:
            return redirect("imports")
    items = _items(request.user)
    context = {
        "form": form,
        "items": items,
        "refresh_seconds": min(
            filter(None, (item.refresh_seconds for item in items)), default=None
        ),
        "max_size_text": format_size(config().import_max_size),
    }
    # After an error the form keeps its choices: they say, for instance, who sees the pictures.
    status = 400 if request.method == "POST" else 200
    return render(request, "gallery/imports/page.html", context, status=status)


def _items(user: User) -> list[ImportProgress]:
    own = Image.objects.visible_to(user).filter(owner_id=user.pk)
    added = own.filter(import_id=OuterRef("pk"))
    jobs = ImportJob.objects.of(user).annotate(has_pictures=Exists(added))
    shown = list(jobs.order_by("-created_at")[:_SHOWN])
    failed = own.filter(state=State.FAILED, import_id__in=[job.pk for job in shown])
    counts = failed.order_by("import_id").values("import_id").annotate(count=Count("pk"))
    numbers = dict(counts.values_list("import_id", "count"))
    return [progress_of(job, failed=numbers.get(job.pk, 0)) for job in shown]


@require_POST
@members_only
def change(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Pause or continue an import. Nothing happens if another tab has done it already."""
    action = request.POST.get("action")
    if action not in ("pause", "resume"):
        raise InvalidInput("The action must be pause or resume.")
    try:
        job = control.own(key, request.user)
        with contextlib.suppress(NotNow):
            (control.pause if action == "pause" else control.resume)(job)
    except NotFound:
        return _without_import(request)
    return redirect(_card_of(key))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@members_only
def delete(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """GET asks for confirmation: neither the report nor the pictures can be restored."""
    try:
        job = control.own(key, request.user)
        if job.status == ImportStatus.DELETING:
            messages.info(request, _already_deleting())
            return redirect(_card_of(key))
        if request.method != "POST":
            return _confirmation(request, job)
        _delete(request, job)
    except NotFound:
        return _without_import(request)
    return redirect("imports")


def _confirmation(request: HttpRequest, job: ImportJob) -> HttpResponse:
    pictures = picture_deletion.pictures_of(job).count()
    context = {
        "job": job,
        "pictures": pictures,
        "is_complete": job.imports_nothing_more,
        "card": _card_of(job.pk),
    }
    return render(request, "gallery/imports/delete.html", context)


def _delete(request: HttpRequest, job: ImportJob) -> None:
    if request.POST.get("images") == "delete":
        picture_deletion.begin(job)
        text = _("%(name)s and its pictures are being deleted.")
    else:
        try:
            control.delete(job)
        except NotNow:
            messages.info(request, _already_deleting())
            return
        text = _("%(name)s is deleted. Its pictures stay.")
    messages.success(request, text % {"name": job.name})


def _already_deleting() -> str:
    return _("This import and its pictures are being deleted already.")


def _without_import(request: HttpRequest) -> HttpResponse:
    """Back or another tab can lead to an import that was deleted."""
    messages.info(request, _("This import does not exist any more."))
    return redirect("imports")


def _card_of(key: uuid.UUID) -> str:
    return f"{reverse('imports')}#import-{key}"


@require_safe
@never_cache
@members_only
def download_report(request: HttpRequest, key: uuid.UUID) -> StreamingHttpResponse:
    job = control.own(key, request.user)
    return StreamingHttpResponse(
        (line.encode() for line in report.lines_of(job)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{report.file_name(job)}"'},
    )


def _start(request: HttpRequest, form: ImportForm, *, without_archives: bool) -> bool:
    """Whether all imports began. A source that is refused does not stop the others."""
    is_complete = True
    for files in form.files_of_imports():
        if without_archives and is_archive(files[0].name):
            messages.error(request, _("The other archives were not imported either."))
            is_complete = False
            continue
        sources = [UploadedSource(file.name or "", file.chunks()) for file in files]
        try:
            job = uploads.import_upload(sources, request.user, form.options())
        except GalleryError as error:
            names = error.data.get("file_name") or ", ".join(source.name for source in sources)
            messages.error(request, f"{names}: {_text_for(error)}")
            if "file_name" in error.data and len(sources) > 1:
                messages.error(request, _("The other archives were not imported either."))
            is_complete = False
        else:
            messages.success(request, _("The import of %(name)s has begun.") % {"name": job.name})
    return is_complete


def _text_for(error: GalleryError) -> str:
    if not isinstance(error, FileTooLarge):
        return text_for(error)
    return pgettext("two sentences", "%(first)s %(second)s") % {
        "first": error_message(error.code, data=error.data),
        "second": _("Administrators can import larger ones on the server."),
    }
