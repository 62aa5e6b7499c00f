from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models.functions import Now

from gallery.core.errors import BadEmbedding
from gallery.embeddings.embed import embed_backlog
from gallery.ingest.accept import accept
from gallery.ingest.derive import derive
from gallery.media.storage import preview_path
from gallery.models import EmbeddingSpace, Image, State
from tests import scenes
from tests.embeddings.conftest import MakeDerived
from tests.embeddings.stub_encoder import StubEncoder

pytestmark = pytest.mark.django_db


def states() -> list[str]:
    return sorted(Image.objects.values_list("state", flat=True))


def test_a_bad_vector_fails_its_own_image_only(
    use: Any, space: EmbeddingSpace, make_derived: MakeDerived
) -> None:
    use(StubEncoder(failure=BadEmbedding("The encoder gave a vector that is not finite.")))
    bad = make_derived("blue")
    for _ in range(2):
        make_derived("red")
    assert embed_backlog() == 2
    bad.refresh_from_db()
    assert (bad.state, bad.error_code) == (State.FAILED, "bad_embedding")


def test_pictures_of_a_large_batch_are_encoded_alone(
    use: Any, space: EmbeddingSpace, make_derived: MakeDerived
) -> None:
    encoder = use(StubEncoder(largest=1))
    for _ in range(3):
        make_derived()
    assert embed_backlog() == 3
    assert encoder.batches == [3, 1, 1, 1]


def test_a_picture_that_is_too_large_fails(
    use: Any, space: EmbeddingSpace, make_derived: MakeDerived
) -> None:
    use(StubEncoder(largest=0))
    image = make_derived()
    for attempt in (1, 2, 3):
        Image.objects.update(next_attempt_at=Now())
        assert embed_backlog() == 0
        image.refresh_from_db()
        assert (image.attempts, image.error_code) == (attempt, "out_of_memory")
    assert image.state == State.FAILED


@pytest.mark.parametrize("content", [None, b"", b"RIFF\x00\x00\x00\x00WEBP", b"<svg/>"])
def test_a_lost_or_damaged_preview_is_derived_again(
    space: EmbeddingSpace, make_derived: MakeDerived, content: bytes | None
) -> None:
    image, other = make_derived(), make_derived()
    path = preview_path(image.pk, "small")
    path.unlink() if content is None else path.write_bytes(content)
    assert embed_backlog() == 1
    image.refresh_from_db()
    other.refresh_from_db()
    assert (image.state, image.attempts, image.lease_until) == (State.STORED, 0, None)
    assert other.state == State.READY


def test_a_preview_is_made_again_only_once(
    own_media: Path, space: EmbeddingSpace, owner: User
) -> None:
    """The folder of the other worker, as this one sees it, has no preview."""
    image = accept([scenes.photo()], owner=owner).image
    histories = []
    for _ in range(6):
        derive(image.pk)
        preview_path(image.pk, "small").unlink(missing_ok=True)
        Image.objects.update(next_attempt_at=Now(), updated_at=Now() - timedelta(hours=1))
        embed_backlog()
        image.refresh_from_db()
        histories.append((image.state, image.error_code))
    again, unreadable = (State.STORED, "preview_missing"), "preview_unreadable"
    assert histories[:3] == [again, *[(State.DERIVED, unreadable)] * 2]
    assert set(histories[3:]) == {(State.FAILED, unreadable)}


def test_a_preview_that_was_made_again_is_embedded(
    own_media: Path, space: EmbeddingSpace, owner: User
) -> None:
    image = accept([scenes.photo()], owner=owner).image
    derive(image.pk)
    preview_path(image.pk, "small").unlink()
    embed_backlog()
    derive(image.pk)
    assert embed_backlog() == 1
    image.refresh_from_db()
    assert (image.state, image.error_code, image.error_message) == (State.READY, "", "")
