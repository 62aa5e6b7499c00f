from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from gallery.models import EmbeddingSpace, IndexBuild
from gallery.operations import index_keeper


class Command(BaseCommand):
    help = (
        "Shows, maintains, builds or drops the ivfflat index of the active embedding space. "
        "`keep` builds it if there are enough rows or many new ones."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["show", "keep", "build", "drop"])

    def handle(self, *, action: str, **_: Any) -> None:
        space = EmbeddingSpace.objects.filter(active=True).first()
        if space is None:
            raise CommandError("No encoder is chosen. Run `encoder choose` first.")
        if action == "keep":
            index_keeper.keep()
        elif action == "build":
            self._build(space)
        elif action == "drop":
            index_keeper.drop(space)
        space.refresh_from_db()
        if space.problem:
            self.stdout.write(f"problem: {space.problem}")
        index = IndexBuild.objects.filter(space=space).first()
        self.stdout.write(
            f"{index.name}: {index.rows} rows, {index.lists} lists, {index.text_effort} probes"
            if index
            else "no index, search is exact"
        )

    def _build(self, space: EmbeddingSpace) -> None:
        try:
            index_keeper.rebuild(space)
        except DatabaseError as error:
            raise CommandError(f"The index cannot be built: {error}") from error
