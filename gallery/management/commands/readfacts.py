from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from tqdm import tqdm

from gallery.ingest.facts import reread
from gallery.models import Image


class Command(BaseCommand):
    help = (
        "Reads camera, lens and place from the files of pictures that an older version stored. "
        "The workers do the same in the background. It may be stopped and continues later."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        action = parser.add_mutually_exclusive_group()
        action.add_argument(
            "--again", action="store_true", help="read the files of all pictures again"
        )
        action.add_argument(
            "--forget-places", action="store_true", help="only delete all stored GPS positions"
        )

    def handle(self, *, again: bool, forget_places: bool, **_: Any) -> None:
        if forget_places:
            self.stdout.write(f"Deleted the places of {reread.forget_places()} pictures.")
            return
        if again:
            reread.mark_all()
        waiting = Image.objects.awaiting_facts()
        total = waiting.count()
        read = sum(tqdm(reread.read_all(), total=total, unit="picture", disable=None))
        self.stdout.write(f"Read the files of {read} of {total} pictures.")
        if remaining := waiting.count():
            self.stdout.write(f"{remaining} files cannot be opened now. Run the command again.")
