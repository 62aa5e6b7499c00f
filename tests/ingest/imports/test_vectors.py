"""Tables with vectors: those of a known space are stored, and the picture is not encoded."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest

from gallery.changeover.choose import choose
from gallery.embeddings.embed import embed_backlog
from gallery.ingest.derive import derive
from gallery.models import Embedding, EmbeddingSpace, Image, ImportRow, ProvidedVector, State
from tests import scenes
from tests.builders import make_space, unit_vector
from tests.embeddings.conftest import count_encoded
from tests.ingest.imports.conftest import Import, counts, reasons

pytestmark = pytest.mark.django_db(transaction=True)

Vectors = Callable[..., Path]


@pytest.fixture
def space() -> EmbeddingSpace:
    return choose("builtin")


@pytest.fixture
def table(tmp_path: Path) -> Vectors:
    """A table with a picture for each vector, in the format of its name."""

    def write(vectors: list[Any], name: str = "table.parquet", **columns: Any) -> Path:
        rows = []
        for number, vector in enumerate(vectors):
            (tmp_path / f"{number}.png").write_bytes(scenes.plain((number, 50, 90)))
            rows.append({"path": f"{number}.png", "embedding": vector, **columns})
        path = tmp_path / name
        if name.endswith(".parquet"):
            pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), path)
        else:
            path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return path

    return write


def process() -> None:
    while derive():
        pass
    embed_backlog()


def vector_of(name: str, space: EmbeddingSpace) -> Any:
    image = Image.objects.get(file_name=name, state=State.READY)
    return Embedding.objects.vector_of(image.pk, space)


@pytest.mark.parametrize("name", ["table.parquet", "table.jsonl"])
def test_vectors_of_the_active_space_are_stored(
    name: str, table: Vectors, imported: Import, space: EmbeddingSpace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    batches = count_encoded(monkeypatch, "builtin")
    vectors = [unit_vector(number).tolist() for number in range(3)]
    job = imported(table(vectors, name, embedding_model=space.fingerprint))
    process()
    assert counts(job) == (3, 3, 0, 0)
    assert batches == []
    for number in range(3):
        assert np.array_equal(vector_of(f"{number}.png", space), unit_vector(number))
    assert not ProvidedVector.objects.exists()


def test_bad_vectors_are_reasons_and_pictures_are_encoded(
    table: Vectors, imported: Import, space: EmbeddingSpace
) -> None:
    nan = [*unit_vector(1).tolist()[:-1], float("nan")]
    vectors = [[1.0, 2.0], nan, [0.0] * 512, None, unit_vector(4).tolist(), [2.0] * 512]
    job = imported(table(vectors), embedding_model=space.fingerprint)
    assert counts(job) == (6, 6, 0, 0)
    assert reasons(job) == {
        "0.png": "vector_width", "1.png": "vector_not_finite", "2.png": "vector_not_finite",
    }  # fmt: skip
    assert job.incomplete == 3
    process()
    assert Image.objects.filter(state=State.READY).count() == 6
    assert np.allclose(vector_of("5.png", space), 512**-0.5)  # the direction counts


def test_vectors_of_unknown_spaces_are_reasons(
    table: Vectors, imported: Import, space: EmbeddingSpace
) -> None:
    job = imported(table([unit_vector(1).tolist()]), embedding_model="another model")
    assert reasons(job) == {"0.png": "vector_space_unknown"}
    job = imported(table([unit_vector(1).tolist()], "more.jsonl"))
    assert counts(job) == (1, 0, 1, 0)  # a duplicate needs no vector
    process()
    assert Embedding.objects.filter(space=space).count() == 1


def test_vectors_of_another_space_are_kept_for_it(
    table: Vectors, imported: Import, space: EmbeddingSpace
) -> None:
    other = make_space(active=False)
    imported(table([unit_vector(7).tolist()], embedding_model=other.fingerprint))
    process()
    assert np.array_equal(vector_of("0.png", other), unit_vector(7))
    assert vector_of("0.png", space) is not None
    assert not ImportRow.objects.exists()


@pytest.mark.parametrize("name", ["table.parquet", "table.jsonl"])
def test_an_unknown_date_leaves_the_vector(
    name: str, table: Vectors, imported: Import, space: EmbeddingSpace
) -> None:
    vector = unit_vector(3).tolist()
    job = imported(table([vector], name, date="01.05.2024", embedding_model=space.fingerprint))
    assert reasons(job) == {"0.png": "date_unknown"}
    assert ProvidedVector.objects.count() == 1
