"""A worker that is killed, and processes that choose at the same time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from gallery.embeddings.fill import fill

from gallery.embeddings import progress, spaces
from gallery.embeddings.embed import embed_backlog
from gallery.models import Embedding, EmbeddingSpace, FillJob, Image, State
from tests.embeddings.conftest import MakeDerived, MakeFound, count_encoded
from tests.embeddings.other_process import start

pytestmark = pytest.mark.django_db(transaction=True)

EMBED_AND_HANG = """
import time
from gallery.embeddings import embed, spaces
encoder = spaces.encoder_of(spaces.active())
def hang(images):
    print("encoding", len(images), flush=True)
    time.sleep(600)
encoder.encode_images = hang
embed.embed_backlog()
"""
FILL_AND_HANG = """
import time
from gallery.embeddings import fill, spaces
encoder = spaces.encoder_of(spaces.filling())
encode_images = encoder.encode_images
def hang_the_second_time(images):
    print("encoding", len(images), flush=True)
    encoder.encode_images = hang
    return encode_images(images)
def hang(images):
    print("encoding", len(images), flush=True)
    time.sleep(600)
encoder.encode_images = hang_the_second_time
fill.fill(600)
"""
CHOOSE = """
from gallery.embeddings import spaces
print(spaces.choose("auto").pk)
"""
CHOOSE_FIRST = """
from gallery.encoders.model import discovery
discovery.discover = lambda: discovery.Choice("one", "first of all")
"""


def test_a_killed_worker_leaves_rows_that_the_next_one_finishes(make_derived: MakeDerived) -> None:
    spaces.choose("one")
    for _ in range(4):
        make_derived()
    worker = start(EMBED_AND_HANG)
    assert worker.stdout is not None
    assert worker.stdout.readline() == "encoding 4\n"
    worker.kill()
    worker.communicate()
    assert embed_backlog() == 0
    assert Image.objects.filter(state=State.DERIVED, attempts=1).count() == 4
    Image.objects.update(lease_until=Now() - timedelta(seconds=1))
    assert embed_backlog() == 4
    assert set(Image.objects.values_list("state", flat=True)) == {State.READY}
    assert Embedding.objects.count() == 4


def test_a_killed_filling_goes_on_without_encoding_a_finished_picture_again(
    make_found: MakeFound, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_found(10)
    other = spaces.choose("two")
    worker = start(FILL_AND_HANG)
    assert worker.stdout is not None
    assert [worker.stdout.readline() for _ in range(2)] == ["encoding 4\n"] * 2
    worker.kill()
    worker.communicate()
    finished = set(Embedding.objects.filter(space=other).values_list("image_id", flat=True))
    assert len(finished) == 4
    batches = count_encoded(monkeypatch, "two")
    fill(600)
    assert batches == [2]  # what the killed worker had in hand waits for its lease to end
    FillJob.objects.update(lease_until=Now() - timedelta(seconds=1))
    fill(600)
    assert batches == [2, 1, 1, 1, 1]
    assert progress.of(other).missing == 0


def test_processes_that_choose_at_once_agree(db: None) -> None:
    processes = [start(CHOOSE_FIRST + CHOOSE) for _ in range(3)]
    answers = {process.communicate(timeout=120)[0] for process in processes}
    space = EmbeddingSpace.objects.get()
    assert answers == {f"{space.pk}\n"}
    assert (space.active, space.encoder, space.reason) == (True, "one", "first of all")
