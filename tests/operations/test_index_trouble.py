"""An index that PostgreSQL refuses to build: the curator is told, and nothing else stops."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models.functions import Now
from django.test import Client

from gallery.embeddings import trouble
from gallery.models import EmbeddingSpace, IndexBuild, Trouble
from gallery.operations import changeover, index_keeper
from gallery.vectorindex import build
from tests.builders import make_embedding, make_image, make_space, unit_vector

pytestmark = pytest.mark.django_db(transaction=True)

Spaces = dict[str, EmbeddingSpace]


@pytest.fixture
def spaces(gallery_setting: Any) -> Iterator[Spaces]:
    """One that answers, and one that is full: each is due for an index."""
    gallery_setting(index_min_rows=3)
    made = {"old": make_space(encoder="old"), "new": make_space(encoder="new", active=False)}
    EmbeddingSpace.objects.filter(encoder="new").update(fill="running", full_at=Now())
    for number in range(3):
        image = make_image()
        for space in made.values():
            make_embedding(image, space, unit_vector(number))
    yield made
    for space in EmbeddingSpace.objects.all():
        clear_the_way(space)
        index_keeper.drop(space)


def put_in_the_way(space: EmbeddingSpace) -> None:
    """A table of the name that the index would have."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE embedding_ivfflat_{space.pk}_0 ()")


def clear_the_way(space: EmbeddingSpace) -> None:
    name = f"embedding_ivfflat_{space.pk}_0"
    with connection.cursor() as cursor:
        cursor.execute("SELECT relkind FROM pg_class WHERE relname = %s", [name])
        if cursor.fetchone() == ("r",):
            cursor.execute(f"DROP TABLE {name}")


def told(space: EmbeddingSpace) -> str:
    return trouble.words(EmbeddingSpace.objects.get(pk=space.pk))


def indexed() -> set[str]:
    return set(IndexBuild.objects.values_list("space__encoder", flat=True))


def test_the_reason_is_shown_where_the_curator_looks(
    spaces: Spaces, curator_client: Client
) -> None:
    put_in_the_way(spaces["new"])
    index_keeper.keep()
    reason = f'relation "embedding_ivfflat_{spaces["new"].pk}_0" already exists'
    assert told(spaces["new"]) == f"Its index cannot be built: {reason}"
    out = io.StringIO()
    call_command("encoder", "show", stdout=out)
    assert f"trouble:     Its index cannot be built: {reason}" in out.getvalue()
    for page in ("", f"{spaces['new'].pk}/change/"):
        answer = curator_client.get(f"/admin/gallery/embeddingspace/{page}")
        assert "Its index cannot be built: relation" in answer.content.decode()


def test_one_spaces_failure_holds_no_other_up(spaces: Spaces) -> None:
    put_in_the_way(spaces["old"])
    index_keeper.keep()
    assert indexed() == {"new"}
    assert told(spaces["old"])
    assert not told(spaces["new"])


def test_after_a_pause_it_is_tried_again_and_the_trouble_is_forgotten(spaces: Spaces) -> None:
    put_in_the_way(spaces["new"])
    index_keeper.keep()
    clear_the_way(spaces["new"])
    index_keeper.keep()
    assert indexed() == {"old"}  # not at every offer: a build may fail after minutes
    EmbeddingSpace.objects.filter(pk=spaces["new"].pk).update(
        trouble_at=Now() - timedelta(minutes=6)
    )
    index_keeper.keep()
    assert indexed() == {"old", "new"}
    assert told(spaces["new"]) == ""


def test_an_index_that_is_not_due_any_more_is_no_trouble(
    spaces: Spaces, gallery_setting: Any
) -> None:
    put_in_the_way(spaces["new"])
    index_keeper.keep()
    gallery_setting(index_min_rows=4)
    EmbeddingSpace.objects.update(trouble_at=Now() - timedelta(minutes=6))
    index_keeper.keep()
    assert told(spaces["new"]) == ""


def test_a_space_without_its_index_is_not_switched_to(spaces: Spaces) -> None:
    put_in_the_way(spaces["new"])
    index_keeper.keep()
    EmbeddingSpace.objects.filter(pk=spaces["new"].pk).update(full_at=Now() - timedelta(hours=1))
    changeover._complete(EmbeddingSpace.objects.get(pk=spaces["new"].pk))
    assert EmbeddingSpace.objects.get(active=True) == spaces["old"]


def test_too_little_memory_is_postgresqls_own_word(
    spaces: Spaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "_MAINTENANCE_MEMORY", "1MB")
    monkeypatch.setattr(build, "lists_for", lambda rows: 2000)
    index_keeper.keep()
    assert "maintenance_work_mem is 1 MB" in told(spaces["new"])
    with connection.cursor() as cursor:
        cursor.execute("SHOW maintenance_work_mem")
        assert cursor.fetchone() != ("1MB",)


def test_the_command_says_it_without_a_traceback(spaces: Spaces) -> None:
    put_in_the_way(spaces["old"])
    with pytest.raises(CommandError, match="The index cannot be built: relation"):
        call_command("vectorindex", "build")
    out = io.StringIO()
    call_command("vectorindex", "keep", stdout=out)
    assert "problem: Its index cannot be built" in out.getvalue()


def test_another_trouble_is_left_alone_by_an_index_that_stands(spaces: Spaces) -> None:
    trouble.tell(spaces["new"], Trouble.ENCODER, "The model is gone.")
    index_keeper.keep()
    assert told(spaces["new"]) == "The model is gone."
