"""Somebody searches twenty times a second while the encoder changes, pictures come and go."""

from __future__ import annotations

import json
import threading
import time
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple
from urllib.parse import quote

import numpy as np
import PIL.Image
import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from gallery.embeddings import anticipate, progress, spaces
from gallery.embeddings.embed import embed_backlog, open_preview
from gallery.encoders import loader
from gallery.ingest import change
from gallery.models import Embedding, Image
from tests.embeddings.conftest import MakeDerived, MakeFound
from tests.embeddings.other_process import start

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

A_SECOND = 20
LIMIT = 20
TEXTS = [f"{colour} {thing}" for colour in ("red", "green", "blue") for thing in ("car", "sea")]

# The worker beside, at a pace that leaves time to search meanwhile.
FILL_AND_SWITCH = """
import time
from datetime import timedelta
from gallery.embeddings import anticipate, spaces
from gallery.operations import changeover
anticipate.GRACE = timedelta(seconds=1)
encoder = spaces.encoder_of(spaces.filling())
encode_images = encoder.encode_images
def slowly(images):
    time.sleep(0.25)
    return encode_images(images)
encoder.encode_images = slowly
while spaces.filling():
    changeover.carry_on(1)
    time.sleep(0.1)
"""


class Answer(NamedTuple):
    encoder: str
    text: str
    hits: dict[uuid.UUID, float]


class Searcher:
    """Asks at a steady pace from several threads, whether the answers come or not."""

    def __init__(self, site: str, cookie: str) -> None:
        self.site, self.cookie = site, cookie
        self.answers, self.failures = list[Answer](), list[str]()
        self.seconds, self._stop = list[float](), threading.Event()
        self._thread = threading.Thread(target=self._ask_steadily)

    def __enter__(self) -> Searcher:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _ask_steadily(self) -> None:
        with ThreadPoolExecutor(4) as threads:
            number, started = 0, time.monotonic()
            while not self._stop.wait(max(0, started + number / A_SECOND - time.monotonic())):
                threads.submit(self._ask, TEXTS[number % len(TEXTS)])
                number += 1

    def _ask(self, text: str) -> None:
        address = f"{self.site}/api/v1/search/?q={quote(text)}&limit={LIMIT}"
        request = urllib.request.Request(address, headers={"Cookie": f"sessionid={self.cookie}"})
        started = time.monotonic()
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                said = json.load(response)
        except (OSError, ValueError) as error:
            self.failures.append(repr(error))
            return
        self.seconds.append(time.monotonic() - started)
        hits = {uuid.UUID(hit["id"]): hit["similarity"] for hit in said["results"]}
        self.answers.append(Answer(said["encoder"], text, hits))


@pytest.fixture
def searcher(live_server: LiveServer, owner: User) -> Searcher:
    client = Client()
    client.force_login(owner)
    return Searcher(live_server.url, client.cookies["sessionid"].value)


class Judge:
    """Knows every similarity by both encoders, also of pictures that are deleted by now."""

    def __init__(self) -> None:
        self.pictures: dict[str, dict[uuid.UUID, Any]] = {"one": {}, "two": {}}
        self.texts = {
            name: dict(zip(TEXTS, loader.load(name).encode_texts(TEXTS), strict=True))
            for name in self.pictures
        }

    def look_at(self, images: list[Image]) -> None:
        previews: list[PIL.Image.Image] = [open_preview(image.pk) for image in images]
        for name, known in self.pictures.items():
            vectors = loader.load(name).encode_images(previews)
            known |= {image.pk: row for image, row in zip(images, vectors, strict=True)}

    def fits(self, answer: Answer, encoder: str) -> bool:
        text, pictures = self.texts[encoder][answer.text], self.pictures[encoder]
        return all(
            abs(similarity - float(np.dot(text, pictures[key]))) < 1e-3
            for key, similarity in answer.hits.items()
        )


def come_and_go(judge: Judge, images: list[Image], make_derived: MakeDerived) -> None:
    """Two pictures are deleted and one is uploaded, as the embed worker beside will notice."""
    judge.look_at([make_derived("orange")])
    if len(images) > 2 * LIMIT:
        change.delete(Image.objects.filter(pk__in=[images.pop().pk, images.pop(0).pk]))
    embed_backlog()


def test_no_search_fails_or_mixes_two_spaces(
    searcher: Searcher, make_found: MakeFound, make_derived: MakeDerived
) -> None:
    images = make_found(60)
    judge = Judge()
    judge.look_at(images)
    other = spaces.choose("two")
    with searcher, start(FILL_AND_SWITCH) as worker:
        while worker.poll() is None:
            come_and_go(judge, images, make_derived)
            anticipate.load_next()
            time.sleep(0.5)
        time.sleep(2)
    assert worker.returncode == 0
    assert searcher.failures == []
    assert len(searcher.answers) > 5 * A_SECOND
    assert {answer.encoder for answer in searcher.answers} == {"one", "two"}
    for answer in searcher.answers:
        assert len(answer.hits) >= LIMIT - 2  # as many as are deleted at a time
        assert judge.fits(answer, answer.encoder)
        assert not judge.fits(answer, {"one": "two", "two": "one"}[answer.encoder])
    assert spaces.active() == other
    assert not progress.without_vector(other).exists()
    assert Embedding.objects.filter(space=other).count() == Image.objects.count()
