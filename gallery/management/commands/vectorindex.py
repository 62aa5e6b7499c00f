from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from gallery.core.command_line import management_command
from gallery.core.errors import ExtensionTooOld
from gallery.management import index_report, tuning_report
from gallery.management.build_progress import build_progress
from gallery.management.space_argument import find_space
from gallery.models import EmbeddingSpace, IndexBuild
from gallery.operations import index_keeper, index_tuning
from gallery.operations.index_status import status_of

_LEAST_VECTORS = 3
_BUSY = "Another process is building or calibrating an index."


class Command(BaseCommand):
    help = (
        "Show, build, calibrate, tune or drop the vector index of an embedding space. "
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
        actions.add_parser(
            "calibrate", parents=[common], help="measure the index and choose its probes again"
        )
        tune = actions.add_parser(
            "tune", parents=[common], help="measure every kind of index; changes nothing"
        )
        tune.add_argument("--dry-run", action="store_true", help="only print what would be built")
        actions.add_parser("drop", parents=[common], help="drop the index; searches become exact")

    def handle(self, *, action: str, space: str | None = None, **options: Any) -> None:
        actions: dict[str, Callable[..., None]] = {
            "status": self._status, "keep": self._keep, "build": self._build,
            "calibrate": self._calibrate, "tune": self._tune, "drop": self._drop,
        }  # fmt: skip
        row = find_space(space) if space else EmbeddingSpace.objects.filter(active=True).first()
        if row is None:
            raise CommandError(f"No encoder is chosen. Run {management_command('encoder choose')}.")
        try:
            actions[action](row, **options)
        except (DatabaseError, ExtensionTooOld) as error:
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
        self._show(space)

    def _build(self, space: EmbeddingSpace, **_: Any) -> None:
        with build_progress(space, self.stderr):
            self._finish(space, index_keeper.rebuild(space))

    def _calibrate(self, space: EmbeddingSpace, **_: Any) -> None:
        if not IndexBuild.objects.filter(space=space).exists():
            command = management_command("vectorindex build")
            raise CommandError(f"The space has no index. {command} builds one.")
        self._finish(space, index_keeper.calibrate(space))

    def _tune(self, space: EmbeddingSpace, dry_run: bool = False, **_: Any) -> None:
        if dry_run:
            self.stdout.write(tuning_report.planned(index_tuning.planned(space)))
            return
        if space.embeddings.count() < _LEAST_VECTORS:
            raise CommandError("The space has too few vectors to measure an index.")
        with build_progress(space, self.stderr):
            measured = index_tuning.tune(space)
        if measured is None:
            raise CommandError(_BUSY)
        self.stdout.write(tuning_report.measured(measured))

    def _drop(self, space: EmbeddingSpace, **_: Any) -> None:
        index_keeper.drop(space)
        self._show(space)

    def _finish(self, space: EmbeddingSpace, index: IndexBuild | None) -> None:
        if index is None:
            raise CommandError(_BUSY)
        self._show(space)

    def _show(self, space: EmbeddingSpace) -> None:
        """The status, with what has changed since ``space`` was read."""
        self._status(EmbeddingSpace.objects.get(pk=space.pk))
