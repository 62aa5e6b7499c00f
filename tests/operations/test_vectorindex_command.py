from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from gallery.models import EmbeddingSpace, IndexBuild, IndexKind, IndexMeasurement
from gallery.models.locks import Lock
from gallery.operations import index_keeper
from tests.builders import (
    make_embedding,
    make_image,
    make_index,
    make_measurement,
    make_space,
    unit_vector,
)
from tests.other_session import held_elsewhere

pytestmark = pytest.mark.django_db(transaction=True)


def vectorindex(*arguments: str) -> str:
    out = io.StringIO()
    call_command("vectorindex", *arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue()


@pytest.fixture
def space(gallery_setting: Any) -> Iterator[EmbeddingSpace]:
    """Four pictures, three of them with a vector: enough for an index."""
    gallery_setting(index_min_rows=3)
    space = make_space()
    for number in range(3):
        make_embedding(make_image(), space, unit_vector(number))
    make_image()
    yield space
    for each in EmbeddingSpace.objects.all():
        index_keeper.drop(each)


def test_status_names_what_is_due(space: EmbeddingSpace) -> None:
    output = vectorindex("status")
    for text in (
        "builtin, active",
        "3 of 512 numbers; 3 of 4 searchable pictures (75.0 %)",
        "none, searches compare every vector",
        "build: there are enough vectors",
    ):
        assert text in output


def test_build_and_drop_change_the_index(space: EmbeddingSpace) -> None:
    assert "0 minutes ago) from 3 vectors" in vectorindex("build")
    assert IndexBuild.objects.filter(space=space).exists()
    assert "none, searches compare" in vectorindex("drop")
    assert not IndexBuild.objects.exists()


def test_keep_builds_what_is_due(space: EmbeddingSpace) -> None:
    vectorindex("keep")
    assert IndexBuild.objects.filter(space=space).exists()


def test_status_shows_figures_in_columns(space: EmbeddingSpace) -> None:
    make_index(space, text_effort=40, picture_effort=10)
    make_measurement(space, effort=40, chosen=True)
    *_, headings, text, picture = vectorindex("status").splitlines()
    assert text.split()[:6] == ["text", "40", "0.985", "0.971", "to", "0.994"]
    assert picture.split() == ["picture", "10", "-", "-", "-", "-", "not", "yet"]
    assert headings.index("recall@10") == text.index("0.985")


def test_status_is_readable_by_programs(space: EmbeddingSpace) -> None:
    make_index(space, lists=7, text_effort=3)
    make_measurement(space, chosen=True)
    report = json.loads(vectorindex("status", "--json"))
    assert (report["rows"], report["embedded"], report["images"]) == (3, 3, 4)
    assert (report["index"]["lists"], report["index"]["text_effort"]) == (7, 3)
    assert report["in_use"]["text"]["recall"] == 0.985
    assert len(report["measurements"]) == 1


def test_calibrate_measures_the_index(space: EmbeddingSpace) -> None:
    vectorindex("build")
    IndexMeasurement.objects.all().delete()
    output = vectorindex("calibrate")
    assert IndexMeasurement.objects.filter(space=space, chosen=True).count() == 2
    assert "not yet" not in output


def test_tune_measures_every_kind(space: EmbeddingSpace) -> None:
    vectorindex("build")
    before = IndexBuild.objects.get()
    headings, *rows = vectorindex("tune").splitlines()
    assert "recall@10" in headings
    assert {row.split()[0] for row in rows} == set(IndexKind.values)
    assert [row.split()[0] for row in rows if row.endswith("in use")] == ["ivfflat"]
    assert IndexBuild.objects.get() == before


def test_a_dry_run_builds_nothing(space: EmbeddingSpace) -> None:
    headings, *rows = vectorindex("tune", "--dry-run").splitlines()
    assert headings.split()[:2] == ["kind", "lists"]
    assert {row.split()[0] for row in rows} == set(IndexKind.values)
    assert not IndexBuild.objects.exists()


def test_few_vectors_are_not_measured(space: EmbeddingSpace) -> None:
    space.embeddings.all().delete()
    with pytest.raises(CommandError, match="too few vectors"):
        vectorindex("tune")


def test_without_an_index_nothing_is_calibrated(space: EmbeddingSpace) -> None:
    with pytest.raises(CommandError, match="`bin/manage vectorindex build` builds one"):
        vectorindex("calibrate")


def test_another_space_is_named(space: EmbeddingSpace) -> None:
    other = make_space(encoder="other", active=False)
    make_embedding(make_image(), other, unit_vector(1))
    vectorindex("build", "--space", "other")
    assert list(IndexBuild.objects.values_list("space", flat=True)) == [other.pk]
    assert f"{other.pk}, other, kept" in vectorindex("status", "--space", str(other.pk))


def test_an_unknown_space_is_refused(space: EmbeddingSpace) -> None:
    with pytest.raises(CommandError, match="There is no space 99: see `bin/manage encoder show`"):
        vectorindex("status", "--space", "99")


@pytest.mark.django_db
def test_without_an_encoder_there_is_no_index() -> None:
    with pytest.raises(CommandError, match="encoder choose"):
        vectorindex("status")


@pytest.mark.parametrize("arguments", [["build"], ["calibrate"], ["tune"]])
def test_a_second_process_is_refused(space: EmbeddingSpace, arguments: list[str]) -> None:
    make_index(space)
    with (
        held_elsewhere(Lock.BUILD_INDEX),
        pytest.raises(CommandError, match="Another process is building"),
    ):
        vectorindex(*arguments)
