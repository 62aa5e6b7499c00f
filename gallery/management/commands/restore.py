from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from gallery.core.errors import GalleryError
from gallery.operations.files import restore


class Command(BaseCommand):
    help = (
        "Replaces the database by that of a backup and adds the files of its pictures. The "
        "database is replaced entirely or not at all. Restart the site afterwards."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "place",
            help="the folder of all backups, or s3://bucket/prefix",
        )
        parser.add_argument("--backup", default="", metavar="NAME", help="default: the newest")
        parser.add_argument(
            "--replace",
            action="store_true",
            help="also if the database has pictures, which are then deleted",
        )

    def handle(self, *, place: str, backup: str, replace: bool, **_: Any) -> None:
        def track(entries: Any, total: int) -> Any:
            return tqdm(entries, total=total, unit="picture", disable=None)

        try:
            restored = restore.restore(place, backup, replace=replace, track=track)
            call_command("migrate", interactive=False, verbosity=0)
            result = restore.repair()
        except GalleryError as error:
            raise CommandError(error.message) from error
        for key in restored.lost:
            self.stderr.write(f"The original of {key} is not in the backup.")
        self.stdout.write(f"Restored {restored.images} pictures of the backup {restored.name}.")
        if again := len(result.lost_previews):
            self.stdout.write(f"The previews of {again} pictures are made again.")
        self.stdout.write("Restart the site.")
