from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count

from gallery.core.errors import InvalidInput
from gallery.curation.moderation import hash_lists
from gallery.models import HashListEntry, ModerationAction
from gallery.models.moderation.states import AUTOMATIC_ACTIONS


class Command(BaseCommand):
    help = "Import, list and remove lists of hashes of pictures that are not wanted."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("list", help="list them, with their numbers of entries")
        read = actions.add_parser("import", help="add the hashes of a file, one on each line")
        read.add_argument("file", type=Path)
        read.add_argument("--name", required=True, help="of the list")
        read.add_argument(
            "--do",
            choices=[action.value for action in AUTOMATIC_ACTIONS],
            default=ModerationAction.BLOCK.value,
            help="what happens to pictures on it, default: block",
        )
        read.add_argument(
            "--radius",
            type=int,
            default=0,
            help="bits of 64 in which a perceptual hash may differ, default: 0",
        )
        remove = actions.add_parser("remove", help="remove a list; pictures stay as they are")
        remove.add_argument("name")

    def handle(self, *, action: str, **options: Any) -> None:
        {"list": self._list, "import": self._import, "remove": self._remove}[action](options)

    def _list(self, options: dict[str, Any]) -> None:
        rows = HashListEntry.objects.values_list("list_name", "action").annotate(Count("pk"))
        for name, action, count in rows.order_by("list_name", "action"):
            self.stdout.write(f"{name or '(no name)'}: {count} to {action}")

    def _import(self, options: dict[str, Any]) -> None:
        action = ModerationAction(options["do"])
        try:
            lines = options["file"].read_text("utf-8-sig").splitlines()
            imported = hash_lists.import_list(
                lines, name=options["name"], action=action, radius=options["radius"]
            )
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{options['file']} cannot be read: {error}") from error
        except InvalidInput as error:
            raise CommandError(error.message) from error
        self.stdout.write(
            f"{imported.added} entries added, {imported.known} were there; "
            f"{imported.images} pictures found."
        )

    def _remove(self, options: dict[str, Any]) -> None:
        rows = HashListEntry.objects.filter(list_name=options["name"])
        if not rows.exists():
            raise CommandError(f"There is no list {options['name']}.")
        self.stdout.write(f"{rows.delete()[0]} entries removed.")
