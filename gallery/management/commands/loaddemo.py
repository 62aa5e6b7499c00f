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
        parser.add_argument(
            "--once",
            type=Path,
            metavar="FILE",
            help="remember in FILE that it was done: what was interrupted goes on, "
            "and what was deleted since stays deleted",
        )

    def handle(self, *, again: bool, once: Path | None, **_: Any) -> None:
        if once and once.exists():
            return
        captions = _captions()
        if not again and _has_pictures(besides=captions if once else []):
            self.stdout.write("The gallery has pictures already: no demonstration pictures added.")
        else:
            owner = get_user_model().objects.filter(username=_OWNER).first()
            added = sum(_add(caption, owner) for caption in captions)
            self.stdout.write(f"{added} of {len(captions)} demonstration pictures added.")
        if once:
            once.touch()


def _has_pictures(*, besides: list[Caption]) -> bool:
    ours = [_path(caption).name for caption in besides]
    return Image.objects.exclude(file_name__in=ours).exists()


def _path(caption: Caption) -> Path:
    # The name comes from our own list, but only ever from this folder.
    return FOLDER / Path(caption["file"]).name


def _captions() -> list[Caption]:
    try:
        captions: list[Caption] = json.loads((FOLDER / "captions.json").read_text("utf-8"))
    except OSError as error:
        raise CommandError(f"There are no demonstration pictures: {error}") from error
    return captions


def _add(caption: Caption, owner: Any) -> bool:
    path = _path(caption)
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
