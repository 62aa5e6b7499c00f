from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from gallery.core.errors import GalleryError
from gallery.operations.export.export import Summary, export
from gallery.operations.export.selection import selected


class Command(BaseCommand):
    help = (
        "Copies originals to a folder, and writes pictures.parquet there with titles, captions, "
        "tags, metadata, vectors and everything else that is known of the pictures. The command "
        "import reads it again. Originals that the folder has already are not copied again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--owner", metavar="NAME", help="only pictures of this user")
        parser.add_argument(
            "--query", default="", metavar="TEXT", help="only pictures that a search finds"
        )
        parser.add_argument(
            "--no-originals", action="store_true", help="only write pictures.parquet"
        )

    def handle(
        self, *, folder: Path, owner: str | None, query: str, no_originals: bool, **_: Any
    ) -> None:
        try:
            images = selected(_user(owner), query)
            summary = export(folder, images, with_originals=not no_originals, track=track)
        except GalleryError as error:
            raise CommandError(error.message) from error
        self._report(summary)

    def _report(self, summary: Summary) -> None:
        copies = summary.copies
        for key in copies.missing:
            self.stderr.write(f"The original of {key} is missing.")
        for key in copies.damaged:
            self.stderr.write(f"The original of {key} is damaged: its bytes have changed.")
        self.stdout.write(f"Exported {summary.pictures} pictures: {summary.table}")
        if copies.copied or copies.present:
            self.stdout.write(
                f"Originals copied: {copies.copied}; there already: {copies.present}."
            )


def _user(name: str | None) -> Any:
    if name is None:
        return None
    users = get_user_model()._default_manager
    user = users.filter(**{users.model.USERNAME_FIELD: name}).first()
    if user is None:
        raise CommandError(f"There is no user {name!r}.")
    return user


def track(name: str, steps: Iterator[int], total: int) -> Iterator[int]:
    with tqdm(total=total, desc=name, unit="picture", disable=None) as bar:
        for step in steps:
            yield step
            bar.update(step)
