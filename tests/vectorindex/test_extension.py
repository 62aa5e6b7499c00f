"""What is refused, and of what administrators are warned, by the server's version of pgvector."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from gallery.core.errors import ExtensionTooOld
from gallery.models import EmbeddingSpace, IndexBuild, IndexKind
from gallery.operations import index_keeper
from gallery.vectorindex import extension
from gallery.vectorindex.extension import Extension
from tests.builders import make_embedded, make_space, unit_vector

IVFFLAT, HALF, HNSW = IndexKind.IVFFLAT, IndexKind.IVFFLAT_HALF, IndexKind.HNSW


@pytest.mark.parametrize(
    ("library", "kind", "reason"),
    [
        ("0.7.4", IVFFLAT, "cannot continue the search"),
        ("0.7.4", HNSW, "cannot continue the search"),
        ("0.8.0", IVFFLAT, ""),
        ("0.8.0", HALF, ""),
        ("0.8.1", HNSW, "CVE-2026-3172"),
        ("0.8.2", HNSW, "VACUUM can damage an HNSW index"),
        ("0.8.3", HNSW, "HNSW needs version 0.8.4 or newer"),
        ("0.8.4", HNSW, ""),
        ("0.8.10", HNSW, ""),
        ("1.0", IVFFLAT, ""),
    ],
)
def test_a_faulty_version_refuses_the_index(library: str, kind: IndexKind, reason: str) -> None:
    if not reason:
        Extension("0.8.0", library).require(kind)
        return
    with pytest.raises(ExtensionTooOld, match=reason) as refusal:
        Extension("0.8.0", library).require(kind)
    assert f"pgvector {library}" in refusal.value.message
    assert refusal.value.code == "pgvector_too_old"


@pytest.mark.parametrize(
    ("installed", "library", "kind", "warning"),
    [
        ("0.8.6", "0.8.6", IVFFLAT, "ivfflat index can overflow a buffer. Version 0.8.7"),
        ("0.8.6", "0.8.6", HALF, "ivfflat index can overflow a buffer. Version 0.8.7"),
        ("0.8.6", "0.8.6", HNSW, ""),
        ("0.8.3", "0.8.3", HNSW, "VACUUM can damage an HNSW index"),
        ("0.8.7", "0.8.7", IVFFLAT, ""),
        ("0.8.5", "0.8.7", IVFFLAT, "ALTER EXTENSION vector UPDATE"),
        ("0.8.7", "0.8.7-1", HNSW, ""),
    ],
)
def test_administrators_are_warned_by_version(
    installed: str, library: str, kind: IndexKind, warning: str
) -> None:
    warnings = Extension(installed, library).warnings(kind)
    assert len(warnings) == bool(warning)
    assert warning in "".join(warnings)


@pytest.mark.django_db
def test_the_server_names_its_versions() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extversion FROM pg_extension WHERE extname = 'vector'")
        assert cursor.fetchone() == (extension.current().installed,)
    assert extension.current().library.startswith("0.")


@pytest.fixture
def space(monkeypatch: pytest.MonkeyPatch, gallery_setting: Any) -> Iterator[EmbeddingSpace]:
    """Enough vectors for an HNSW index, on a server that must not build one."""
    monkeypatch.setattr(extension, "current", lambda: Extension("0.8.2", "0.8.3"))
    gallery_setting(index_min_rows=3, index_kind="hnsw")
    space = make_space()
    make_embedded(space, [unit_vector(number) for number in range(3)])
    yield space
    index_keeper.drop(space)


@pytest.mark.django_db(transaction=True)
def test_a_refused_build_is_a_problem(space: EmbeddingSpace) -> None:
    index_keeper.keep()
    assert not IndexBuild.objects.exists()
    problem = EmbeddingSpace.objects.get().problem
    assert "In pgvector 0.8.3 a VACUUM can damage an HNSW index." in problem
    with pytest.raises(CommandError, match="a VACUUM can damage"):
        call_command("vectorindex", "build")


@pytest.mark.django_db(transaction=True)
def test_command_and_admin_show_the_warnings(space: EmbeddingSpace, curator_client: Client) -> None:
    out = io.StringIO()
    call_command("vectorindex", "status", stdout=out)
    page = curator_client.get(f"/admin/gallery/indexbuild/space/{space.pk}/").content.decode()
    assert "pgvector:   0.8.3" in out.getvalue()
    for shown in (out.getvalue(), page):
        assert "a VACUUM can damage an HNSW index" in shown
        assert "Run in it: ALTER EXTENSION vector UPDATE" in shown
