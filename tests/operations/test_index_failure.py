"""An index that PostgreSQL refuses to build: it is shown, and nothing else stops."""

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
from django.utils import timezone

from gallery.changeover import preload
from gallery.changeover.run import run
from gallery.embeddings import spaces as embedding_spaces
from gallery.jobs import problems
from gallery.models import EmbeddingSpace, IndexBuild, IndexFailure, SpaceBackfill
from gallery.operations import index_keeper
from tests.builders import make_backfill, make_embedding, make_image, make_space, unit_vector
from tests.embeddings.stub_encoder import StubEncoder

pytestmark = pytest.mark.django_db(transaction=True)

Spaces = dict[str, EmbeddingSpace]


@pytest.fixture
def spaces(gallery_setting: Any) -> Iterator[Spaces]:
    """The active space and a complete one; both are due for an index."""
    gallery_setting(index_min_rows=3)
    rows = {"old": make_space(encoder="old"), "new": make_space(encoder="new", active=False)}
    make_backfill(EmbeddingSpace.objects.get(encoder="new"), completed_at=timezone.now())
    for number in range(3):
        image = make_image()
        for space in rows.values():
            make_embedding(image, space, unit_vector(number))
    yield rows
    for space in EmbeddingSpace.objects.all():
        remove_table(space)
        index_keeper.drop(space)


def create_table(space: EmbeddingSpace) -> None:
    """Create a table with the name that the index would get."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE embedding_ivfflat_{space.pk}_0 ()")


def remove_table(space: EmbeddingSpace) -> None:
    name = f"embedding_ivfflat_{space.pk}_0"
    with connection.cursor() as cursor:
        cursor.execute("SELECT relkind FROM pg_class WHERE relname = %s", [name])
        if cursor.fetchone() == ("r",):
            cursor.execute(f"DROP TABLE {name}")


def problem(space: EmbeddingSpace) -> str:
    return EmbeddingSpace.objects.get(pk=space.pk).problem


def indexed() -> set[str]:
    return set(IndexBuild.objects.values_list("space__encoder", flat=True))


def test_the_reason_is_shown_to_curators(spaces: Spaces, curator_client: Client) -> None:
    create_table(spaces["new"])
    index_keeper.keep()
    reason = f'relation "embedding_ivfflat_{spaces["new"].pk}_0" already exists'
    assert problem(spaces["new"]) == f"The index cannot be built: {reason}"
    out = io.StringIO()
    call_command("encoder", "show", stdout=out)
    assert f"problem:     The index cannot be built: {reason}" in out.getvalue()
    for page in ("", f"{spaces['new'].pk}/change/"):
        answer = curator_client.get(f"/admin/gallery/embeddingspace/{page}")
        assert "The index cannot be built: relation" in answer.content.decode()


def test_a_failure_does_not_block_other_spaces(spaces: Spaces) -> None:
    create_table(spaces["old"])
    index_keeper.keep()
    assert indexed() == {"new"}
    assert problem(spaces["old"])
    assert not problem(spaces["new"])


def test_a_failed_build_is_retried_after_five_minutes(spaces: Spaces) -> None:
    create_table(spaces["new"])
    index_keeper.keep()
    remove_table(spaces["new"])
    index_keeper.keep()
    assert indexed() == {"old"}  # a build may fail after minutes
    IndexFailure.objects.update(failed_at=Now() - timedelta(minutes=6))
    index_keeper.keep()
    assert indexed() == {"old", "new"}
    assert problem(spaces["new"]) == ""


def test_an_undue_index_is_no_problem(spaces: Spaces, gallery_setting: Any) -> None:
    create_table(spaces["new"])
    index_keeper.keep()
    gallery_setting(index_min_rows=4)
    IndexFailure.objects.update(failed_at=Now() - timedelta(minutes=6))
    index_keeper.keep()
    assert problem(spaces["new"]) == ""


def test_without_its_index_a_space_is_not_activated(
    spaces: Spaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding_spaces, "encoder_of", lambda space: StubEncoder())
    monkeypatch.setattr(preload, "encoder_of", lambda job: StubEncoder())
    create_table(spaces["new"])
    index_keeper.keep()
    run(0)
    assert EmbeddingSpace.objects.get(active=True) == spaces["old"]
    IndexFailure.objects.update(failed_at=Now() - timedelta(minutes=6))
    remove_table(spaces["new"])
    index_keeper.keep()
    run(0)
    assert EmbeddingSpace.objects.get(active=True) == spaces["new"]


def test_the_command_fails_without_a_traceback(spaces: Spaces) -> None:
    create_table(spaces["old"])
    with pytest.raises(CommandError, match="The index cannot be built: relation"):
        call_command("vectorindex", "build")
    out = io.StringIO()
    call_command("vectorindex", "keep", stdout=out)
    assert "problem: The index cannot be built" in out.getvalue()


def test_a_successful_build_keeps_other_problems(spaces: Spaces) -> None:
    code = SpaceBackfill.Problem.MODEL_UNAVAILABLE
    problems.report(spaces["new"].backfill, code, detail="The model is gone.")
    index_keeper.keep()
    assert problem(spaces["new"]) == "The model cannot be loaded: The model is gone."
