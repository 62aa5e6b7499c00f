from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypedDict

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

import gallery
from gallery.core.errors import GalleryError
from gallery.ingest.accept import accept
from gallery.models import Image, Visibility

FOLDER = Path(gallery.__file__).resolve().parent / "demo"

_CHUNK = 1 << 20
_OWNER = "admin"


class Caption(TypedDict):
    file: str
    title_en: str
    title_zh: str
    caption_en: str
    caption_zh: str


class Command(BaseCommand):
    help = (
        "Adds the demonstration pictures, public and described in two languages, owned by the "
        "user `admin` if there is one. Does nothing in a gallery that has pictures already."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--again", action="store_true", help="also where there are pictures already"
        )

    def handle(self, *, again: bool, **_: Any) -> None:
        if Image.objects.exists() and not again:
            self.stdout.write("The gallery has pictures already: no demonstration pictures added.")
            return
        captions = _captions()
        owner = get_user_model().objects.filter(username=_OWNER).first()
        added = sum(_add(caption, owner) for caption in captions)
        self.stdout.write(f"{added} of {len(captions)} demonstration pictures added.")


def _captions() -> list[Caption]:
    try:
        captions: list[Caption] = json.loads((FOLDER / "captions.json").read_text("utf-8"))
    except OSError as error:
        raise CommandError(f"There are no demonstration pictures: {error}") from error
    return captions


def _add(caption: Caption, owner: Any) -> bool:
    # The name comes from our own list, but only ever from this folder.
    path = FOLDER / Path(caption["file"]).name
    try:
        accepted = accept(
            _chunks(path),
            owner=owner,
            file_name=path.name,
            title=_both(caption["title_en"], caption["title_zh"], " · "),
            caption=_both(caption["caption_en"], caption["caption_zh"], "\n"),
            visibility=Visibility.PUBLIC,
        )
    except (GalleryError, OSError) as error:
        raise CommandError(f"{path.name}: {error}") from error
    return accepted.created


def _both(english: str, chinese: str, between: str) -> str:
    return between.join(text for text in (english, chinese) if text)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
