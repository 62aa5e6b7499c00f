"""Loading a second model that does not fit into memory: the kernel kills, and somebody counts."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db.models.functions import Now
from gallery.embeddings.fill import fill

from gallery.core.config import config
from gallery.embeddings import anticipate, progress, spaces, switch, trouble
from gallery.encoders import loader
from gallery.models import Embedding, EmbeddingSpace, FillJob, Phase
from gallery.operations import changeover
from tests.embeddings.conftest import MakeFound, count_encoded
from tests.embeddings.other_process import start

pytestmark = pytest.mark.django_db(transaction=True)

LONG = 600.0

# As long as a test needs to kill it, whatever the disk.
HANG = """
import os, time
from gallery.encoders import loader
load = loader._load
def hang(name):
    if name != "two":
        return load(name)
    os.write(1, b"loading two\\n")  # a worker makes log lines of what is printed
    time.sleep(600)
loader._load = hang
"""
FILL = "from gallery.embeddings import fill; fill.fill(600)"
ANTICIPATE = "from gallery.embeddings import anticipate; anticipate.load_next()"
END_MEANWHILE = """
import threading, time
from gallery.embeddings import fill, load_attempts
threading.Thread(target=fill.fill, args=[600], daemon=True).start()
while not load_attempts._under_way:
    time.sleep(0.05)
print("ending", flush=True)
"""
TOLD_TO_STOP = """
import threading, time
from celery.signals import worker_shutting_down
from searchsite import celery
from gallery.embeddings import fill, load_attempts
threading.Thread(target=fill.fill, args=[600], daemon=True).start()
while not load_attempts._under_way:
    time.sleep(0.05)
worker_shutting_down.send(sender="worker", sig="SIGTERM", how="Warm", exitcode=0)
time.sleep(600)
"""

Process = subprocess.Popen[str]
Begin = Callable[[str], Process]


@pytest.fixture
def begun() -> Iterator[Begin]:
    """Starts a process and waits until it is in the middle of loading."""
    processes: list[Process] = []

    def begin(script: str) -> Process:
        process = start(HANG + script)
        processes.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "loading two\n"
        return process

    yield begin
    for process in processes:
        kill(process)
        assert process.stdout is not None
        process.stdout.close()


@pytest.fixture
def other(make_found: MakeFound) -> EmbeddingSpace:
    """The space of ``two``, to be filled; as in a new process, its encoder is in no memory."""
    make_found(3)
    space = spaces.choose("two")
    loader._loaded.clear()
    return space


def now(space: EmbeddingSpace) -> EmbeddingSpace:
    return EmbeddingSpace.objects.get(pk=space.pk)


def let_the_lease_end() -> None:
    EmbeddingSpace.objects.update(loading_until=Now() - timedelta(seconds=1))


def kill(process: Process) -> None:
    process.kill()
    process.wait()


def lose(process: Process) -> None:
    kill(process)
    let_the_lease_end()


def test_when_several_workers_are_lost_over_it_the_filling_is_paused_and_says_why(
    other: EmbeddingSpace, begun: Begin
) -> None:
    for _ in range(config().max_attempts):
        lose(begun(FILL))
    assert now(other).phase == Phase.FILLING
    batches = fill(LONG)
    assert (batches, Embedding.objects.filter(space=other).count()) == (False, 0)
    assert now(other).phase == Phase.PAUSED
    assert trouble.words(now(other)).startswith("The process that loaded the model was lost 3 tim")
    # No picture was blamed for it.
    assert not FillJob.objects.exists()


def test_resuming_gives_it_another_chance(other: EmbeddingSpace) -> None:
    EmbeddingSpace.objects.filter(pk=other.pk).update(loads=config().max_attempts)
    fill(LONG)
    switch.resume(other)
    assert (now(other).loads, trouble.words(now(other))) == (0, "")
    fill(LONG)
    assert progress.of(other).missing == 0


def test_while_one_worker_loads_another_waits_and_goes_on_when_the_first_was_lost(
    other: EmbeddingSpace, begun: Begin
) -> None:
    worker = begun(FILL)
    assert fill(LONG) is False
    kill(worker)
    assert fill(LONG) is False
    assert (now(other).loads, progress.of(other).embedded) == (1, 0)
    let_the_lease_end()
    fill(LONG)
    assert (now(other).loads, now(other).loading_until) == (0, None)
    assert progress.of(other).embedded == 3


def test_a_model_counts_as_loaded_when_it_has_encoded_as_much_as_it_will_have_to(
    other: EmbeddingSpace, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches = count_encoded(monkeypatch, "two")
    counted = loader._loaded.pop("two")
    monkeypatch.setattr(loader, "_load", lambda name: counted)
    fill(LONG)
    assert batches == [4, 3]


def test_a_worker_that_has_the_model_in_memory_asks_nobody(other: EmbeddingSpace) -> None:
    loader.load("two")
    EmbeddingSpace.objects.update(loads=9, loading_until=Now() + timedelta(hours=1))
    fill(LONG)
    assert progress.of(other).embedded == 3


def test_a_worker_that_is_told_to_stop_is_no_loss(other: EmbeddingSpace) -> None:
    worker = start(HANG + TOLD_TO_STOP)
    assert worker.stdout is not None
    try:
        assert worker.stdout.readline() == "loading two\n"
        wait_until(lambda: (now(other).loads, now(other).loading_until) == (0, None))
        assert worker.poll() is None, "it was to be in the middle of loading"
    finally:
        kill(worker)
        worker.stdout.close()


def test_a_process_that_ends_in_order_is_no_loss(other: EmbeddingSpace) -> None:
    process = start(HANG + END_MEANWHILE)
    assert "ending" in process.communicate(timeout=120)[0]
    assert (process.returncode, now(other).loads, now(other).loading_until) == (0, 0, None)


def test_a_model_that_is_not_there_is_no_loss(other: EmbeddingSpace, site_models: Path) -> None:
    (site_models / "two").rename(site_models / "away")
    for _ in range(config().max_attempts + 1):
        fill(LONG)
    assert (now(other).phase, now(other).loads) == (Phase.FILLING, 0)
    assert "was not found" in trouble.words(now(other))


def test_an_allocation_that_is_refused_is_told(
    other: EmbeddingSpace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(name: str) -> Any:
        raise MemoryError

    monkeypatch.setattr(loader, "_load", refused)
    fill(LONG)
    assert trouble.words(now(other)) == "There is not enough memory for the model two."
    assert now(other).loads == 0


def test_web_processes_that_are_lost_over_it_pause_it_before_the_switch(
    other: EmbeddingSpace, begun: Begin, at_once: None
) -> None:
    EmbeddingSpace.objects.filter(pk=other.pk).update(switch_when_full=False)
    changeover.carry_on(LONG)
    EmbeddingSpace.objects.filter(pk=other.pk).update(switch_when_full=True)
    for _ in range(config().max_attempts):
        kill(begun(ANTICIPATE))
        changeover.carry_on(LONG)
        assert not now(other).active
        let_the_lease_end()
    loader._loaded.clear()
    assert anticipate.load_next() is None
    assert now(other).phase == Phase.PAUSED
    assert "lost 3 times" in trouble.words(now(other))


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)
