from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gallery.changeover import control, drop, switch
from gallery.changeover.choose import AUTO, choose
from gallery.core.command_line import management_command
from gallery.core.config import config
from gallery.core.errors import GalleryError
from gallery.embeddings import spaces
from gallery.embeddings.coverage import awaiting_first_vector, coverage_of
from gallery.management.models_table import table
from gallery.management.space_argument import find_space
from gallery.models import WIDTH, EmbeddingSpace, SpaceBackfill, SpaceState
from gallery.operations.known_models import known_models
from gallery.templatetags.durations import time_left


class Command(BaseCommand):
    help = "Choose the model that turns pictures and texts into vectors, or change it."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("show", help="show the embedding spaces and their progress")
        choose = actions.add_parser("choose", help="choose a model, or start to change to it")
        choose.add_argument(
            "--name",
            help="auto, builtin, a hub model or a folder (default: GALLERY_ENCODER)",
        )
        choose.add_argument(
            "--no-switch",
            action="store_true",
            help="only backfill the new space; switch later with `encoder switch`",
        )
        actions.add_parser("pause", help="pause the backfill of the new space")
        actions.add_parser("resume", help="resume the backfill, and retry skipped pictures")
        actions.add_parser("switch", help="search with the new space, when it is complete")
        actions.add_parser("rollback", help="search with the previous space again")
        dropping = actions.add_parser("drop", help="delete a space that is not active")
        dropping.add_argument("space", help="the space's number or encoder, see `encoder show`")
        actions.add_parser("presets", help="list the models with short names")

    def handle(self, *, action: str, **options: Any) -> None:
        actions: dict[str, Callable[..., None]] = {
            "show": self._show, "choose": self._choose, "pause": self._pause,
            "resume": self._resume, "switch": self._switch, "rollback": self._rollback,
            "drop": self._drop, "presets": self._presets,
        }  # fmt: skip
        try:
            actions[action](**options)
        except GalleryError as error:
            raise CommandError(error.message) from error

    def _print(self, line: str) -> None:
        self.stdout.write(line)

    def _choose(self, name: str | None, no_switch: bool, **_: Any) -> None:
        before = SpaceBackfill.objects.current()
        space = choose(
            name or config().encoder,
            by_setting=not name,
            switch_when_complete=False if no_switch else True if name else None,
        )
        has_ended = space.active and SpaceBackfill.objects.current() is None
        if before and has_ended and before.space != space:
            progress = _progress(before.space)
            self._print(f"The backfill of {before.space} has ended at {progress}; it is kept.")
        if name and config().encoder not in (AUTO, name):
            self._print(
                f"GALLERY_ENCODER still names {config().encoder}: set it to {name} or auto."
            )
        # One line, because `bin/run` repeats the last one.
        self._print(f"encoder: {space} — {space.reason}{_what_follows(space)}")

    def _show(self, **_: Any) -> None:
        active = spaces.active()
        self._print_space(active)
        for space in EmbeddingSpace.objects.exclude(pk=active.pk).order_by("pk"):
            self._print("")
            self._print_space(space)

    def _print_space(self, space: EmbeddingSpace) -> None:
        coverage = coverage_of(space)
        self._print(f"space:       {space.pk}, {space.state}")
        self._print(f"encoder:     {space}")
        self._print(f"reason:      {space.reason}")
        self._print(f"fingerprint: {space.fingerprint}")
        self._print(f"width:       {WIDTH}")
        self._print(f"embedded:    {_progress(space)}")
        if coverage.skipped:
            self._print(f"skipped:     {coverage.skipped}")
        if space.state == SpaceState.BACKFILLING:
            self._print(f"time left:   {time_left(coverage.seconds_left)}")
            is_automatic = space.backfill.switch_when_complete
            by_hand = f"with {management_command('encoder switch')}"
            self._print(f"switch:      {'automatic' if is_automatic else by_hand}")
        if space.problem:
            self._print(f"problem:     {space.problem}")

    def _presets(self, **_: Any) -> None:
        self._print(table(known_models()))

    def _pause(self, **_: Any) -> None:
        space = _backfilled_space()
        control.pause(space)
        self._print(f"The backfill of {space} is paused at {_progress(space)}.")

    def _resume(self, **_: Any) -> None:
        space = _backfilled_space()
        control.resume(space)
        self._print(f"The backfill of {space} continues at {_progress(space)}.")

    def _switch(self, **_: Any) -> None:
        space = switch.switch(_backfilled_space())
        self._print(f"{space} is active now; {switch.previous()} is kept.")

    def _rollback(self, **_: Any) -> None:
        space = switch.roll_back()
        self._print(f"{space} is active again; {switch.previous()} is kept.")
        if waiting := awaiting_first_vector(space):
            self._print(f"Pictures uploaded since, found when they are embedded: {waiting}.")

    def _drop(self, space: str, **_: Any) -> None:
        row = find_space(space)
        drop.drop(row)
        drop.finish()
        self._print(f"Space {row.pk} of {row} is deleted, with its vectors and its index.")


def _what_follows(space: EmbeddingSpace) -> str:
    """What happens after the choice, and which encoder answers searches meanwhile."""
    if not space.active:
        return (
            f"; {space.state}, {_progress(space)}; {spaces.active()} answers until it is complete"
        )
    if waiting := awaiting_first_vector(space):
        return f"; pictures still to embed: {waiting}"
    return ""


def _progress(space: EmbeddingSpace) -> str:
    coverage = coverage_of(space)
    return f"{coverage.embedded} of {coverage.total} pictures ({coverage.percent} %)"


def _backfilled_space() -> EmbeddingSpace:
    job = SpaceBackfill.objects.current()
    if job is None:
        command = management_command("encoder choose --name NAME")
        raise CommandError(f"There is no backfill: {command} starts one.")
    return job.space
