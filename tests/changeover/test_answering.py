"""After a switch a process goes on searching the old space until it has the new encoder."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from gallery.changeover import drop
from gallery.changeover.choose import choose
from gallery.changeover.run import run
from gallery.core.errors import EncoderUnavailable
from gallery.embeddings import answering, spaces
from gallery.encoders import loader, memory
from gallery.encoders.reference import torch_model
from gallery.models import EmbeddingSpace
from tests.embeddings.conftest import MakeSearchable

pytestmark = pytest.mark.django_db(transaction=True)


class Loading:
    """Delays the loading of a model until the test lets it end, or fail."""

    def __init__(self) -> None:
        self.may_end = threading.Event()
        self.error: OSError | None = None
        self.read_model = getattr(torch_model, "SentenceTransformer")  # noqa: B009 - not exported

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        assert self.may_end.wait(60)
        if self.error:
            raise self.error
        return self.read_model(*arguments, **options)

    def end(self) -> None:
        self.may_end.set()
        for thread in threading.enumerate():
            if thread.name == "load-encoder":
                thread.join(60)


@pytest.fixture
def switched(make_searchable: MakeSearchable) -> EmbeddingSpace:
    """The active space ``two``. This process has searched ``one`` and has its encoder."""
    make_searchable(2)
    answering.space_to_search()
    other = choose("two")
    for _ in range(2):
        run(600)
    loader.forget(other.encoder)
    spaces.encoder_of(EmbeddingSpace.objects.get(encoder="one"))
    return other


@pytest.fixture
def loading(switched: EmbeddingSpace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Loading]:
    loading = Loading()
    monkeypatch.setattr(torch_model, "SentenceTransformer", loading)
    yield loading
    loading.end()


def test_the_old_space_answers_while_loading(switched: EmbeddingSpace, loading: Loading) -> None:
    assert spaces.active() == switched
    assert [answering.space_to_search().encoder for _ in range(3)] == ["one"] * 3
    loading.end()
    assert answering.space_to_search() == switched


def test_a_process_that_starts_uses_the_active_space(switched: EmbeddingSpace) -> None:
    loader.forget_all()
    assert answering.space_to_search() == switched


def test_a_space_being_deleted_does_not_answer(switched: EmbeddingSpace, loading: Loading) -> None:
    drop.drop(EmbeddingSpace.objects.get(encoder="one"))
    assert answering.space_to_search() == switched


def test_a_failed_load_is_reported_by_searches(switched: EmbeddingSpace, loading: Loading) -> None:
    loading.error = OSError("the disk is gone")
    assert answering.space_to_search().encoder == "one"
    loading.end()
    space = answering.space_to_search()
    assert space == switched
    with pytest.raises(EncoderUnavailable, match="the disk is gone"):
        spaces.encoder_of(space)


def test_without_memory_the_old_encoder_is_forgotten(
    switched: EmbeddingSpace, loading: Loading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "free_memory", lambda: 1 << 20)
    answering.space_to_search()
    loading.end()
    assert answering.space_to_search() == switched
    one = EmbeddingSpace.objects.get(encoder="one")
    assert spaces.loaded_encoder_of(one, pictures=False) is None
