from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gallery.core.config import config
from gallery.core.errors import GalleryError
from gallery.embeddings import drop, progress, spaces, switch, trouble
from gallery.embeddings.known_models import known_models
from gallery.management.models_table import table
from gallery.models import WIDTH, EmbeddingSpace, Phase
from gallery.operations import changeover

_SPACE = "number of a space, as `encoder show` tells it, or its encoder's name"


class Command(BaseCommand):
    help = "Chooses the model that turns pictures and texts into vectors, and changes it."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("show", help="the embedding spaces and how far they are filled")
        choose = actions.add_parser(
            "choose", help="decide, confirm what was decided, or begin to change over"
        )
        choose.add_argument(
            "--name",
            help="auto, builtin, a hub model or a folder; GALLERY_ENCODER when left out",
        )
        choose.add_argument(
            "--no-switch",
            action="store_true",
            help="fill the new space only; `encoder switch` changes over when it is full",
        )
        actions.add_parser("pause", help="stop filling the new space for a while")
        actions.add_parser("resume", help="go on, and try again what was skipped")
        actions.add_parser("switch", help="search with the new space now that it is full")
        actions.add_parser("rollback", help="search with the space before, which was kept")
        dropping = actions.add_parser("drop", help="delete a space that is not searched with")
        dropping.add_argument("space", help=_SPACE)
        actions.add_parser("presets", help="the models known by name, and which are here")

    def handle(self, *, action: str, **options: Any) -> None:
        doing: dict[str, Callable[..., None]] = {
            "show": self._show, "choose": self._choose, "pause": self._pause,
            "resume": self._resume, "switch": self._switch, "rollback": self._rollback,
            "drop": self._drop, "presets": self._presets,
        }  # fmt: skip
        try:
            doing[action](**options)
        except GalleryError as error:
            raise CommandError(error.message) from error

    def _say(self, line: str) -> None:
        self.stdout.write(line)

    def _choose(self, name: str | None, no_switch: bool, **_: Any) -> None:
        changing = spaces.changing()
        space = spaces.choose(
            name or config().encoder,
            by_setting=not name,
            switch_when_full=False if no_switch else True if name else None,
        )
        if changing not in (None, space) and space.active and spaces.changing() is None:
            self._say(f"The change to {changing} has ended at {_how_far(changing)}, which is kept.")
        if name and config().encoder not in (spaces.AUTO, name):
            self._say(f"GALLERY_ENCODER still names {config().encoder}: set it to {name} or auto.")
        # All in the last line: it is the one that `bin/run` repeats.
        self._say(f"encoder: {space} — {space.reason}{_remainder(space)}")

    def _show(self, **_: Any) -> None:
        active = spaces.active()
        self._tell(active)
        for space in EmbeddingSpace.objects.exclude(pk=active.pk).order_by("pk"):
            self._say("")
            self._tell(space)

    def _tell(self, space: EmbeddingSpace) -> None:
        done = progress.of(space)
        self._say(f"space:       {space.pk}, {space.phase}")
        self._say(f"encoder:     {space}")
        self._say(f"reason:      {space.reason}")
        self._say(f"fingerprint: {space.fingerprint}")
        self._say(f"width:       {WIDTH}")
        self._say(f"embedded:    {done.embedded} of {done.total} ready images ({done.percent} %)")
        if done.skipped:
            self._say(f"skipped:     {done.skipped} that cannot be embedded")
        if space.phase == Phase.FILLING:
            self._say(f"time left:   {done.time_left}")
            by_hand = "when asked for: `encoder switch`"
            self._say(f"switch:      {'by itself' if space.switch_when_full else by_hand}")
        if told := trouble.words(space):
            self._say(f"trouble:     {told}")

    def _presets(self, **_: Any) -> None:
        self._say(table(known_models()))

    def _pause(self, **_: Any) -> None:
        space = _changing()
        switch.pause(space)
        self._say(f"The filling of {space} is paused at {_how_far(space)}.")

    def _resume(self, **_: Any) -> None:
        space = _changing()
        switch.resume(space)
        self._say(f"The filling of {space} goes on at {_how_far(space)}.")

    def _switch(self, **_: Any) -> None:
        space = changeover.switch_over(_changing())
        self._say(f"Searches are answered with {space} now; {switch.previous()} is kept.")

    def _rollback(self, **_: Any) -> None:
        space = changeover.roll_back()
        self._say(f"Searches are answered with {space} again; {switch.previous()} is kept.")
        if waiting := progress.waiting(space):
            self._say(f"Pictures that came since, found as they are embedded: {waiting}.")

    def _drop(self, space: str, **_: Any) -> None:
        row = _named(space)
        drop.drop(row)
        drop.finish()
        self._say(f"Space {row.pk} of {row} is gone, with its vectors and its index.")


def _remainder(space: EmbeddingSpace) -> str:
    """What is still to be done after a choice, and what searching is like meanwhile."""
    if not space.active:
        return f"; {space.phase}, {_how_far(space)}; {spaces.active()} answers until it is full"
    if waiting := progress.waiting(space):
        return f"; pictures that have no vector of it yet, found as they come: {waiting}"
    return ""


def _how_far(space: EmbeddingSpace) -> str:
    done = progress.of(space)
    return f"{done.embedded} of {done.total} ready images ({done.percent} %)"


def _changing() -> EmbeddingSpace:
    space = spaces.changing()
    if space is None:
        raise CommandError("No space is being filled: `encoder choose --name` begins one.")
    return space


def _named(asked: str) -> EmbeddingSpace:
    found = EmbeddingSpace.objects.filter(encoder=asked)
    if not found and asked.isdecimal():
        found = EmbeddingSpace.objects.filter(pk=int(asked))
    if len(found) != 1:
        counted = "no" if not found else "more than one"
        raise CommandError(f"There is {counted} space {asked}: see `encoder show`.")
    return found[0]
