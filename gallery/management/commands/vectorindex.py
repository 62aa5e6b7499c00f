from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from gallery.management import index_report
from gallery.management.build_progress import build_progress
from gallery.management.space_argument import find_space
from gallery.models import EmbeddingSpace
from gallery.operations import index_keeper
from gallery.operations.index_status import status_of


class Command(BaseCommand):
    help = (
        "Show, build or drop the vector index of an embedding space. "
        "Exit status: 0 if done, 1 if it failed or was refused, 2 for wrong arguments."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        common = CommandParser(add_help=False)
        common.add_argument(
            "--space",
            metavar="SPACE",
            help="number or encoder of the space, see `encoder show` (default: the active one)",
        )
        actions = parser.add_subparsers(dest="action", required=True)
        status = actions.add_parser("status", parents=[common], help="show figures and next work")
        status.add_argument("--json", action="store_true", dest="as_json", help="print JSON")
        actions.add_parser("keep", help="do the work that is due, as the clock does")
        actions.add_parser(
            "build",
            parents=[common],
            help="build the index now; searches use the old one meanwhile",
        )
        actions.add_parser("drop", parents=[common], help="drop the index; searches become exact")

    def handle(self, *, action: str, space: str | None = None, **options: Any) -> None:
        actions: dict[str, Callable[..., None]] = {
            "status": self._status, "keep": self._keep, "build": self._build, "drop": self._drop,
        }  # fmt: skip
        row = find_space(space) if space else EmbeddingSpace.objects.filter(active=True).first()
        if row is None:
            raise CommandError("No encoder is chosen. Run `encoder choose` first.")
        try:
            actions[action](row, **options)
        except DatabaseError as error:
            raise CommandError(f"The index cannot be built: {error}") from error

    def _status(self, space: EmbeddingSpace, as_json: bool = False, **_: Any) -> None:
        status = status_of(space)
        if as_json:
            report = json.dumps(index_report.as_json(status), ensure_ascii=False, indent=1)
        else:
            report = "\n".join(index_report.lines(status))
        self.stdout.write(report)

    def _keep(self, space: EmbeddingSpace, **_: Any) -> None:
        index_keeper.keep()
        self._status(EmbeddingSpace.objects.get(pk=space.pk))

    def _build(self, space: EmbeddingSpace, **_: Any) -> None:
        with build_progress(space, self.stderr):
            index = index_keeper.rebuild(space)
        if index is None:
            raise CommandError("Another process is building or calibrating an index.")
        self._status(EmbeddingSpace.objects.get(pk=space.pk))

    def _drop(self, space: EmbeddingSpace, **_: Any) -> None:
        index_keeper.drop(space)
        self._status(EmbeddingSpace.objects.get(pk=space.pk))
