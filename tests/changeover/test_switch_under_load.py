"""Twenty searches a second while the encoder changes and pictures are uploaded and deleted.

The site is what runs in production: gunicorn's process and Celery's worker for the encoder.
"""

from __future__ import annotations

import json
import socket
import threading
import time
import urllib.request
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import quote

import numpy as np
import PIL.Image
import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.changeover.choose import choose
from gallery.core.dispatch import Stage, hint
from gallery.embeddings import spaces
from gallery.embeddings.coverage import without_vector
from gallery.embeddings.encode_previews import open_preview
from gallery.ingest import change
from gallery.models import Embedding, Image, SpaceBackfill, State
from tests.embeddings.conftest import MakeDerived, MakeSearchable
from tests.encoders.loading import load
from tests.other_process import start

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

A_SECOND = 20
LIMIT = 20
TEXTS = [f"{colour} {thing}" for colour in ("red", "green", "blue") for thing in ("car", "sea")]


class Answer(NamedTuple):
    encoder: str
    text: str
    hits: dict[uuid.UUID, float]


class Searcher:
    """Searches at a steady pace from several threads, without waiting for the answers."""

    def __init__(self, site: str, cookie: str) -> None:
        self.site, self.cookie = site, cookie
        self.answers, self.failures = list[Answer](), list[str]()
        self.took, self.seconds = list[float](), 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._search_steadily)

    def __enter__(self) -> Searcher:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _search_steadily(self) -> None:
        started = time.monotonic()
        with ThreadPoolExecutor(8) as threads:
            number = 0
            while not self._stop.wait(max(0, started + number / A_SECOND - time.monotonic())):
                threads.submit(self._search, TEXTS[number % len(TEXTS)])
                number += 1
        self.seconds = time.monotonic() - started

    def _search(self, text: str) -> None:
        started = time.monotonic()
        try:
            answer = get(f"{self.site}/api/v1/search/?q={quote(text)}&limit={LIMIT}", self.cookie)
        except (OSError, ValueError) as error:
            self.failures.append(repr(error))
            return
        self.took.append(time.monotonic() - started)
        hits = {uuid.UUID(hit["id"]): hit["similarity"] for hit in answer["results"]}
        self.answers.append(Answer(answer["encoder"], text, hits))


class Judge:
    """Knows every similarity by both encoders, also of pictures that were deleted."""

    def __init__(self) -> None:
        self.pictures: dict[str, dict[uuid.UUID, Any]] = {"one": {}, "two": {}}
        self.texts = {
            name: dict(zip(TEXTS, load(name).encode_texts(TEXTS), strict=True))
            for name in self.pictures
        }

    def learn(self, images: list[Image]) -> None:
        previews: list[PIL.Image.Image] = [open_preview(image, side=224) for image in images]
        for name, known in self.pictures.items():
            vectors = load(name).encode_images(previews)
            known |= {image.pk: row for image, row in zip(images, vectors, strict=True)}

    def spaces_of(self, answer: Answer) -> set[str]:
        """The encoders that explain each of the similarities; both or none for a mixed list."""
        return {
            name
            for name, pictures in self.pictures.items()
            if all(
                abs(similarity - float(np.dot(self.texts[name][answer.text], pictures[key]))) < 1e-3
                for key, similarity in answer.hits.items()
            )
        }


def get(address: str, cookie: str) -> Any:
    request = urllib.request.Request(address, headers={"Cookie": f"sessionid={cookie}"})
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)


@pytest.fixture
def cookie(owner: User) -> str:
    """The session of a user who is logged in: anonymous searches are throttled."""
    client = Client()
    client.force_login(owner)
    return client.cookies["sessionid"].value


def free_port() -> int:
    with socket.socket() as candidate:
        candidate.bind(("127.0.0.1", 0))
        return int(candidate.getsockname()[1])


@contextmanager
def site(cookie: str) -> Iterator[str]:
    """The address of the web process, once it answers. The embed worker runs beside it."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    processes = [
        start("tests.changeover.programs.web", port=port),
        start("tests.changeover.programs.slow_embed_worker"),
    ]
    try:
        for _ in range(240):
            try:
                get(f"{address}/api/v1/search/?q=car", cookie)
                break
            except OSError:
                time.sleep(0.25)
        yield address
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.communicate(timeout=60)


def upload_and_delete(judge: Judge, images: list[Image], make_derived: MakeDerived) -> None:
    """Upload one picture, delete two, and hint the embed and the backfill stage."""
    judge.learn([make_derived("orange")])
    if len(images) > 2 * LIMIT:
        change.delete(Image.objects.filter(pk__in=[images.pop().pk, images.pop(0).pk]))
    hint(Stage.EMBED)
    hint(Stage.BACKFILL)
    time.sleep(0.5)


def change_over(judge: Judge, images: list[Image], make_derived: MakeDerived) -> None:
    """Wait for the switch and for the last uploads, with uploads and deletions meanwhile."""
    deadline = time.monotonic() + 120
    while SpaceBackfill.objects.exists() and time.monotonic() < deadline:
        upload_and_delete(judge, images, make_derived)
    assert not SpaceBackfill.objects.exists(), "the backfill has not ended"
    for _ in range(4):
        upload_and_delete(judge, images, make_derived)
    while Image.objects.exclude(state=State.READY).exists() and time.monotonic() < deadline:
        time.sleep(0.2)


def check_pace(searcher: Searcher) -> None:
    searches = len(searcher.answers) + len(searcher.failures)
    slowest = max(searcher.took)
    print(f"{searches} searches in {searcher.seconds:.0f} s, the slowest {slowest:.2f} s")
    assert searches > 0.9 * A_SECOND * searcher.seconds > 5 * A_SECOND


def test_no_search_fails_or_mixes_spaces(
    make_searchable: MakeSearchable, make_derived: MakeDerived, cookie: str
) -> None:
    images = make_searchable(80)
    judge = Judge()
    judge.learn(images)
    other = choose("two")
    with site(cookie) as address, Searcher(address, cookie) as searcher:
        change_over(judge, images, make_derived)
    check_pace(searcher)
    mixed = [each for each in searcher.answers if judge.spaces_of(each) != {each.encoder}]
    assert (len(searcher.failures), len(mixed)) == (0, 0), searcher.failures[:3]
    assert {answer.encoder for answer in searcher.answers} == {"one", "two"}
    assert min(len(answer.hits) for answer in searcher.answers) >= LIMIT - 2  # just deleted
    assert spaces.active() == other
    assert not without_vector(other).exists()
    assert Embedding.objects.filter(space=other).count() == Image.objects.count()
