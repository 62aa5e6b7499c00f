from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any, TextIO

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from gallery.core.errors import GalleryError
from gallery.ingest.duplicates import OnDuplicate
from gallery.ingest.imports import control, create, report, run
from gallery.models import ImportJob, JobState, Visibility


class Command(BaseCommand):
    help = (
        "Imports the pictures of a folder, a ZIP archive or a table (CSV, TSV, JSON Lines, "
        "Parquet) of URLs or paths with captions. An interrupted import continues when the same "
        "command is run again, and by the workers."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "sources",
            type=Path,
            nargs="+",
            metavar="source",
            help="a folder, archive or table; or all ZIP archives of one export",
        )
        parser.add_argument("--owner", metavar="NAME", required=True, help="owner of the pictures")
        parser.add_argument("--visibility", choices=Visibility.values, default="")
        parser.add_argument(
            "--tag", action="append", default=[], metavar="NAME", help="a tag for all pictures"
        )
        parser.add_argument(
            "--on-duplicate",
            choices=list(OnDuplicate),
            help=f"what happens to pictures that the owner has already ({OnDuplicate.KEEP})",
        )
        parser.add_argument(
            "--embedding-model",
            default="",
            metavar="FINGERPRINT",
            help="of the vectors in the table, where no column says it",
        )
        parser.add_argument("--report", type=Path, metavar="FILE", help="write the report as CSV")
        mode = parser.add_mutually_exclusive_group()
        mode.add_argument("--background", action="store_true", help="leave it to the workers")
        mode.add_argument(
            "--watch",
            action="store_true",
            help="have the workers import new files of the folder until the import is deleted",
        )

    def handle(self, *, sources: list[Path], owner: str, **options: Any) -> None:
        is_left = options["background"] or options["watch"]
        if is_left and options["report"]:
            raise CommandError("--report is written at the end; the workers write none.")
        try:
            with _opened(options["report"]) as file:
                job = _job(sources, owner, options)
                if is_left:
                    self.stdout.write(f"Import {job.pk} is left to the workers.")
                else:
                    self._run(job, file)
        except GalleryError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}.") from error

    def _run(self, job: ImportJob, file: TextIO | None) -> None:
        try:
            _show_progress(job)
        except KeyboardInterrupt:
            raise CommandError(
                f"The workers go on with import {job.pk}. The page Imports can pause or delete it."
            ) from None
        job = ImportJob.objects.filter(pk=job.pk).first() or job
        self._write_report(job, file)
        if job.completed_at is None:
            raise CommandError(job.problem or "The import was paused or deleted.")

    def _write_report(self, job: ImportJob, file: TextIO | None) -> None:
        self.stdout.write(
            f"Rows read: {job.rows_read}; imported: {job.imported}; duplicates: {job.duplicates}; "
            f"dropped: {job.dropped}."
        )
        reasons = report.reasons_of(job)
        for code, count in reasons.items():
            self.stdout.write(f"  {code}: {count}")
        if reasons and file is None:
            self.stdout.write("The page Imports and --report FILE have these rows with reasons.")
        if file is not None:
            file.writelines(report.lines_of(job))


def _opened(path: Path | None) -> TextIO | nullcontext[None]:
    return path.open("w", encoding="utf-8", newline="") if path else nullcontext()


def _job(sources: list[Path], owner: str, options: dict[str, Any]) -> ImportJob:
    """The import that was interrupted, or a new one."""
    users = get_user_model()._default_manager
    user = users.filter(**{users.model.USERNAME_FIELD: owner}).first()
    if user is None:
        raise CommandError(f"There is no user {owner!r}.")
    path, *parts = sorted({source.resolve() for source in sources})
    import_options = create.ImportOptions(
        visibility=options["visibility"],
        on_duplicate=options["on_duplicate"] or OnDuplicate.KEEP,
        tags=tuple(options["tag"]),
        embedding_model=options["embedding_model"],
    )
    watch = options["watch"]
    job = create.unfinished(path, user, parts=parts, watch=watch)
    if job is None:
        return create.create(path, user, import_options, parts=parts, watch=watch)
    _refuse_other_options(job, import_options, options)
    if job.state == JobState.PAUSED:
        control.resume(job)
    return job


def _refuse_other_options(
    job: ImportJob, import_options: create.ImportOptions, options: dict[str, Any]
) -> None:
    """Rows that are done have the options of the job. Options that were not given are the same."""
    columns = import_options.columns()
    names = {"tags": "tag"}
    differing = [
        "--" + names.get(column, column).replace("_", "-")
        for column, value in columns.items()
        if options[names.get(column, column)] and getattr(job, column) != value
    ]
    if differing:
        raise CommandError(
            f"Import {job.pk} of this source is not complete and began with another "
            f"{', '.join(differing)}. Leave the option out to continue it, or delete it on the "
            "page Imports to start again."
        )


def _show_progress(job: ImportJob) -> None:
    """tqdm shows the pace and the time left, if the output is a terminal."""
    with tqdm(initial=job.done, total=job.total, unit="row", disable=None) as bar:

        def show(current: ImportJob) -> None:
            bar.total = current.total
            bar.update(current.done - bar.n)

        run.run_until_done(job, show)
