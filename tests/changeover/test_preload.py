"""Loading a second model, which needs free memory."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db.models.functions import Now

from gallery.changeover import control
from gallery.changeover.backfill import backfill
from gallery.changeover.choose import choose
from gallery.core.config import config
from gallery.embeddings import spaces
from gallery.embeddings.coverage import coverage_of
from gallery.encoders import loader, memory
from gallery.encoders.reference import torch_model
from gallery.encoders.reference.encoder import ReferenceEncoder
from gallery.models import BackfillItem, Embedding, EmbeddingSpace, SpaceBackfill
from tests.embeddings.conftest import MakeSearchable
from tests.other_process import start

pytestmark = pytest.mark.django_db(transaction=True)

LONG = 600.0
Process = subprocess.Popen[str]


@pytest.fixture
def start_loading() -> Iterator[Callable[[], Process]]:
    """Starts a worker, and waits until it is in the middle of loading the model."""
    processes: list[Process] = []

    def begin() -> Process:
        process = start("tests.changeover.programs.load_and_hang")
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
def other(make_searchable: MakeSearchable) -> EmbeddingSpace:
    """The space of ``two``, to be backfilled; this process has not loaded its encoder."""
    make_searchable(3)
    space = choose("two")
    loader.forget_all()
    return space


def job() -> SpaceBackfill:
    return SpaceBackfill.objects.get()


def end_the_lease() -> None:
    SpaceBackfill.objects.update(lease_until=Now() - timedelta(seconds=1))


def kill(process: Process) -> None:
    process.kill()
    process.wait()


@pytest.mark.slow
def test_lost_workers_pause_the_backfill(
    other: EmbeddingSpace, start_loading: Callable[[], Process]
) -> None:
    for _ in range(config().max_attempts):
        kill(start_loading())
        end_the_lease()
    assert job().state == "running"
    assert backfill(LONG) is False
    assert (job().state, Embedding.objects.filter(space=other).exists()) == ("paused", False)
    assert job().problem.startswith("The process was killed 3 times while it loaded the model")
    # The pictures keep their attempts.
    assert not BackfillItem.objects.exists()


def test_resuming_allows_new_attempts(other: EmbeddingSpace) -> None:
    SpaceBackfill.objects.update(attempts=config().max_attempts)
    backfill(LONG)
    control.resume(other)
    assert (job().attempts, job().problem) == (0, "")
    backfill(LONG)
    assert coverage_of(other).missing == 0


def test_one_worker_loads_at_a_time(
    other: EmbeddingSpace, start_loading: Callable[[], Process]
) -> None:
    worker = start_loading()
    assert backfill(LONG) is False
    kill(worker)
    assert backfill(LONG) is False
    assert (job().attempts, coverage_of(other).embedded) == (1, 0)
    end_the_lease()
    backfill(LONG)
    assert (job().attempts, job().lease_until) == (0, None)
    assert coverage_of(other).embedded == 3


def test_a_model_without_enough_memory_is_not_loaded(
    other: EmbeddingSpace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "free_memory", lambda: 1 << 20)
    monkeypatch.setattr(torch_model, "SentenceTransformer", None)  # loading would fail
    assert backfill(LONG) is False
    assert (job().state, job().problem_code, job().attempts) == ("running", "not_enough_memory", 0)
    assert "1 MB are free" in job().problem


def test_the_backfill_continues_when_memory_is_free(
    other: EmbeddingSpace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(memory, "free_memory", lambda: 1 << 20)
        backfill(LONG)
    backfill(LONG)
    assert (job().problem, coverage_of(other).missing) == ("", 0)


def test_loading_includes_a_full_batch(
    other: EmbeddingSpace, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches: list[int] = []
    encode_images = ReferenceEncoder.encode_images

    def counted(encoder: Any, images: list[Any]) -> Any:
        batches.append(len(images))
        return encode_images(encoder, images)

    monkeypatch.setattr(ReferenceEncoder, "encode_images", counted)
    backfill(LONG)
    assert batches == [4, 3]


def test_a_loaded_model_needs_no_lease(other: EmbeddingSpace) -> None:
    spaces.encoder_of(other)
    SpaceBackfill.objects.update(attempts=9, lease_until=Now() + timedelta(hours=1))
    backfill(LONG)
    assert coverage_of(other).embedded == 3


def test_a_missing_model_costs_no_attempt(other: EmbeddingSpace, site_models: Path) -> None:
    (site_models / "two").rename(site_models / "away")
    for _ in range(config().max_attempts + 1):
        backfill(LONG)
    assert (job().state, job().attempts) == ("running", 0)
    assert "was not found" in job().problem


def test_a_refused_allocation_costs_no_attempt(
    other: EmbeddingSpace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise MemoryError

    monkeypatch.setattr(torch_model, "SentenceTransformer", refuse)
    backfill(LONG)
    assert "There is not enough memory for the model two." in job().problem
    assert job().attempts == 0
