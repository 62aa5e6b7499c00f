from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from gallery.core.errors import GalleryError
from gallery.operations.files.backup import backup


class Command(BaseCommand):
    help = (
        "Copies database, originals and previews to a folder or to S3 while the site is in use. "
        "Files that are there from earlier backups are not copied again. Restore with the command "
        "restore."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "place",
            help="the folder of all backups, or s3://bucket/prefix",
        )
        parser.add_argument(
            "--keep",
            type=int,
            default=0,
            metavar="N",
            help="afterwards delete all but the newest N backups (default: keep all)",
        )

    def handle(self, *, place: str, keep: int, **_: Any) -> None:
        if keep < 0:
            raise CommandError("--keep must not be negative.")
        try:
            summary = backup(place, keep=keep, track=track)
        except GalleryError as error:
            raise CommandError(error.message) from error
        for key in summary.missing:
            self.stderr.write(f"The original of {key} is missing.")
        for key in summary.damaged:
            self.stderr.write(f"The original of {key} is damaged: its bytes have changed.")
        self.stdout.write(f"Backup of {summary.images} pictures completed: {summary.created}")


def track(entries: Any, total: int) -> Any:
    return tqdm(entries, total=total, unit="picture", disable=None)
