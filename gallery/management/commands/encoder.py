from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gallery.core.config import config
from gallery.core.errors import GalleryError
from gallery.embeddings import spaces
from gallery.embeddings.known_models import known_models
from gallery.management.models_table import table
from gallery.models import WIDTH, Image, State


class Command(BaseCommand):
    help = "Chooses the model that turns pictures and texts into vectors, or shows the choice."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        choose = actions.add_parser("choose", help="decide, or confirm what was decided")
        choose.add_argument(
            "--name",
            help="auto, builtin, a hub model or a folder; GALLERY_ENCODER when left out",
        )
        actions.add_parser("show", help="the active embedding space and how far it is filled")
        actions.add_parser("presets", help="the models known by name, and which are here")

    def handle(self, *, action: str, name: str | None = None, **_: Any) -> None:
        try:
            if action == "presets":
                self.stdout.write(table(known_models()))
            elif action == "choose":
                self._choose(name or config().encoder)
            else:
                self._show()
        except GalleryError as error:
            raise CommandError(error.message) from error

    def _choose(self, name: str) -> None:
        space = spaces.choose(name)
        self.stdout.write(f"encoder: {space.encoder} — {space.reason}")

    def _show(self) -> None:
        space = spaces.active()
        self.stdout.write(f"encoder:     {space.encoder}")
        self.stdout.write(f"reason:      {space.reason}")
        self.stdout.write(f"fingerprint: {space.fingerprint}")
        self.stdout.write(f"width:       {WIDTH}")
        ready = Image.objects.filter(state=State.READY).count()
        self.stdout.write(f"embedded:    {space.embeddings.count()} of {ready} ready images")
