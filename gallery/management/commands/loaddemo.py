from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypedDict

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

import gallery
from gallery.core.errors import DuplicateImage, GalleryError
from gallery.curation.tags.loading import load
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
        "Adds public demo pictures with English and Chinese descriptions, and tags that are "
        "suggested for them. The user `admin` owns the pictures, if it exists. Does nothing if "
        "the gallery already has pictures."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--again", action="store_true", help="add them even if there are pictures"
        )
        parser.add_argument(
            "--once",
            type=Path,
            metavar="FILE",
            help="create FILE when done, and do nothing if it exists: an interrupted run "
            "continues, and deleted demo pictures do not come back",
        )

    def handle(self, *, again: bool, once: Path | None, **_: Any) -> None:
        if once and once.exists():
            return
        captions = _captions()
        if not again and _has_other_pictures(captions if once else []):
            self.stdout.write("The gallery already has pictures, no demo pictures added.")
        else:
            owner = get_user_model().objects.filter(username=_OWNER).first()
            added = sum(_add(caption, owner) for caption in captions)
            self.stdout.write(f"{added} of {len(captions)} demo pictures added.")
            if added:
                load.load("demo")
                self.stdout.write("They are being processed, and found as soon as that is done.")
        if once:
            once.touch()


def _has_other_pictures(captions: list[Caption]) -> bool:
    demo_names = [_path(caption).name for caption in captions]
    return Image.objects.exclude(file_name__in=demo_names).exists()


def _path(caption: Caption) -> Path:
    # Never outside this folder, whatever the list says.
    return FOLDER / Path(caption["file"]).name


def _captions() -> list[Caption]:
    try:
        captions: list[Caption] = json.loads((FOLDER / "captions.json").read_text("utf-8"))
    except OSError as error:
        raise CommandError(f"The demo pictures are missing: {error}") from error
    return captions


def _add(caption: Caption, owner: Any) -> bool:
    path = _path(caption)
    try:
        accepted = accept(
            _chunks(path),
            owner=owner,
            file_name=path.name,
            title=_joined(caption["title_en"], caption["title_zh"], " · "),
            caption=_joined(caption["caption_en"], caption["caption_zh"], "\n"),
            visibility=Visibility.PUBLIC,
        )
    except DuplicateImage:  # a picture without an owner that is not public any more
        return False
    except (GalleryError, OSError) as error:
        raise CommandError(f"{path.name}: {error}") from error
    return accepted.created


def _joined(english: str, chinese: str, separator: str) -> str:
    return separator.join(text for text in (english, chinese) if text)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
