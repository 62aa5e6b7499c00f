"""The demo gallery in the sandbox's database, and more pictures that can be removed again."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import PIL.Image
from django.core.management import call_command

from benchmarks.relevance.written import KEY_DIGITS
from gallery.changeover.choose import choose
from gallery.embeddings.embed import embed_backlog
from gallery.ingest import change
from gallery.ingest.accept import accept
from gallery.ingest.derive import derive
from gallery.models import EmbeddingSpace, Image, State, Visibility
from gallery.operations import relevance_keeper
from gallery.search import relevance


def load() -> EmbeddingSpace:
    """The demo pictures, as ``loaddemo`` and the workers store them, and measured thresholds."""
    call_command("migrate", verbosity=0)
    space = choose("builtin")
    call_command("loaddemo", verbosity=0)
    _process()
    return space


def key_of(image: Image) -> str:
    return image.file_name[:KEY_DIGITS]


@contextmanager
def with_pictures(pictures: Sequence[PIL.Image.Image]) -> Iterator[None]:
    """Upload the pictures, measure the thresholds again, and delete the pictures at the end."""
    accepted = [
        accept([_png(picture)], owner=None, file_name="x.png", visibility=Visibility.PUBLIC)
        for picture in pictures
    ]
    _process()
    yield
    change.delete(Image.objects.filter(pk__in=[each.image.pk for each in accepted]))


def _process() -> None:
    for key in list(Image.objects.filter(state=State.STORED).values_list("pk", flat=True)):
        derive(key)
    embed_backlog()
    relevance_keeper.keep()
    relevance.forget()


def _png(picture: PIL.Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()
