from __future__ import annotations

from pathlib import Path
from typing import Any

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
        parser.add_argument("source", type=Path, help="a folder, archive or table")
        parser.add_argument("--owner", metavar="NAME", required=True, help="owner of the pictures")
        parser.add_argument("--visibility", choices=Visibility.values, default="")
        parser.add_argument(
            "--tag", action="append", default=[], metavar="NAME", help="a tag for all pictures"
        )
        parser.add_argument(
            "--on-duplicate",
            choices=list(OnDuplicate),
            default=OnDuplicate.KEEP,
            help="what happens to pictures that the owner has already",
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

    def handle(self, *, source: Path, owner: str, **options: Any) -> None:
        try:
            job = _job(source, owner, options)
        except (GalleryError, OSError) as error:
            raise CommandError(str(error)) from error
        if options["background"] or options["watch"]:
            self.stdout.write(f"Import {job.pk} is left to the workers.")
            return
        _run(job)
        job = ImportJob.objects.filter(pk=job.pk).first() or job
        self._write_report(job, options["report"])
        if job.completed_at is None:
            raise CommandError(job.problem or "The import was paused or deleted.")

    def _write_report(self, job: ImportJob, file: Path | None) -> None:
        self.stdout.write(
            f"Rows read: {job.rows_read}; imported: {job.imported}; duplicates: {job.duplicates}; "
            f"dropped: {job.dropped}."
        )
        for code, count in report.reasons_of(job).items():
            self.stdout.write(f"  {code}: {count}")
        if file is not None:
            with file.open("w", encoding="utf-8", newline="") as output:
                output.writelines(report.lines_of(job))


def _job(source: Path, owner: str, options: dict[str, Any]) -> ImportJob:
    """The import that was interrupted, or a new one."""
    users = get_user_model()._default_manager
    user = users.filter(**{users.model.USERNAME_FIELD: owner}).first()
    if user is None:
        raise CommandError(f"There is no user {owner!r}.")
    path = source.resolve()
    job = create.unfinished(path, user)
    if job is None:
        return create.create(
            path,
            user,
            create.ImportOptions(
                visibility=options["visibility"],
                on_duplicate=options["on_duplicate"],
                tags=tuple(options["tag"]),
                embedding_model=options["embedding_model"],
            ),
            watch=options["watch"],
        )
    if job.state == JobState.PAUSED:
        control.resume(job)
    return job


def _run(job: ImportJob) -> None:
    """tqdm shows the pace and the time left, if the output is a terminal."""
    with tqdm(initial=job.done, total=job.total, unit="row", disable=None) as bar:

        def show(current: ImportJob) -> None:
            bar.total = current.total
            bar.update(current.done - bar.n)

        run.run_until_done(job, show)
