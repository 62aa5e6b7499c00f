from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gallery.core.errors import InvalidInput, NotFound
from gallery.curation.tags.loading import load
from gallery.models import Tag


class Command(BaseCommand):
    help = "Load a vocabulary of tags, which are then suggested for pictures."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("list", help="list the ready-made vocabularies")
        loading = actions.add_parser("load", help="add the tags of one; all of them or none")
        loading.add_argument("name", help="see `vocabulary list`; or a file, .json or .csv")

    def handle(self, *, action: str, name: str = "", **_: Any) -> None:
        if action == "list":
            self.stdout.write("\n".join(load.available()))
            return
        try:
            loaded = _load(name)
        except (InvalidInput, NotFound) as error:
            raise CommandError(error.message) from error
        except OSError as error:
            raise CommandError(f"The file cannot be read: {error}") from error
        self.stdout.write(
            f"{loaded.added} tags added, {loaded.completed} completed, {loaded.skipped} skipped; "
            f"the vocabulary has {Tag.objects.count()}."
        )


def _load(name: str) -> load.Loaded:
    path = Path(name)
    is_file = name not in load.available() and (path.suffix.lower() in (".json", ".csv"))
    return load.load_file(path) if is_file else load.load(name)
