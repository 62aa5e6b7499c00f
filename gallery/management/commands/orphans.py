from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from gallery.core.errors import GalleryError
from gallery.media.shards import SHARDS
from gallery.operations.files import orphan_keeper, orphans
from gallery.operations.files.orphans import Orphans
from gallery.operations.integrity.check import require_media

_LINES = {
    "originals": "originals without a row",
    "previews": "folders of previews without a row",
    "lost_previews": "pictures whose previews are lost",
    "lost_originals": "pictures whose original is lost, with previews",
    "lost": "pictures without any file",
    "back": "pictures whose lost original is there again",
}


class Command(BaseCommand):
    help = (
        "Counts files without a row and rows without a file. The workers do the same in the "
        "background, and repair what they find; this command does it at once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--repair",
            action="store_true",
            help="move originals without a row to the folder media/orphans, have previews made "
            "again, mark pictures without any file as failed",
        )
        parser.add_argument(
            "--purge", action="store_true", help="delete all files in the folder media/orphans"
        )
        parser.add_argument(
            "--min-age",
            type=float,
            default=orphans.GRACE_SECONDS / 3600,
            metavar="HOURS",
            help="leave out files without a row that are younger (default: 24), which may be "
            "uploads in progress",
        )

    def handle(self, *, repair: bool, purge: bool, min_age: float, **_: Any) -> None:
        total = Orphans()
        try:
            if repair:
                require_media()
            for shard in tqdm(SHARDS, unit="shard", disable=None):
                result = orphans.find(shard, grace=min_age * 3600)
                if repair:
                    orphan_keeper.repair_unless_backup(result)
                total += result
            purged = orphan_keeper.purge(0) if purge else 0
        except GalleryError as error:
            raise CommandError(error.message) from error
        for name, count in total.counts().items():
            self.stdout.write(f"{count:8} {_LINES[name]}")
        for key in total.lost:
            self.stdout.write(f"No file: {key}")
        if repair:
            self.stdout.write("Repaired.")
        if purge:
            self.stdout.write(f"Deleted {purged} files in media/orphans.")
