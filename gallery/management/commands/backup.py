from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from gallery.core.errors import GalleryError
from gallery.operations.files.backup import backup


class Command(BaseCommand):
    help = (
        "Copies database, originals and previews to a folder while the site is in use. Files that "
        "the folder has from earlier backups are not copied again. Restore with the command "
        "restore."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="the folder of all backups")
        parser.add_argument(
            "--keep",
            type=int,
            default=0,
            metavar="N",
            help="afterwards delete all but the newest N backups (default: keep all)",
        )

    def handle(self, *, folder: Path, keep: int, **_: Any) -> None:
        if keep < 0:
            raise CommandError("--keep must not be negative.")
        try:
            summary = backup(folder, keep=keep, track=track)
        except GalleryError as error:
            raise CommandError(error.message) from error
        for key in summary.missing:
            self.stderr.write(f"The original of {key} is missing.")
        for key in summary.damaged:
            self.stderr.write(f"The original of {key} is damaged: its bytes have changed.")
        self.stdout.write(f"Backup of {summary.images} pictures completed: {summary.created}")


def track(entries: Any, total: int) -> Any:
    return tqdm(entries, total=total, unit="picture", disable=None)
