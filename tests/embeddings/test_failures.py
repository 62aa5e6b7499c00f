from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from gallery.core.errors import BadEmbedding
from gallery.embeddings.embed import embed_backlog
from gallery.media.storage import preview_path
from gallery.models import EmbeddingSpace, Image, State
from tests.embeddings.conftest import MakeDerived
from tests.embeddings.stub_encoder import StubEncoder

pytestmark = pytest.mark.django_db


def states() -> list[str]:
    return sorted(Image.objects.values_list("state", flat=True))


def make_old(image: Image) -> None:
    Image.objects.filter(pk=image.pk).update(updated_at=Now() - timedelta(hours=1))


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


def test_a_batch_too_large_for_the_memory_is_encoded_one_by_one(
    use: Any, space: EmbeddingSpace, make_derived: MakeDerived
) -> None:
    encoder = use(StubEncoder(largest=1))
    for _ in range(3):
        make_derived()
    assert embed_backlog() == 3
    assert encoder.batches == [3, 1, 1, 1]


def test_a_picture_too_large_for_the_memory_is_tried_later_and_fails_in_the_end(
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
    make_old(image)
    path = preview_path(image.pk, "small")
    path.unlink() if content is None else path.write_bytes(content)
    assert embed_backlog() == 1
    image.refresh_from_db()
    other.refresh_from_db()
    assert (image.state, image.attempts, image.lease_until) == (State.STORED, 0, None)
    assert other.state == State.READY


def test_a_preview_that_never_appears_fails_in_the_end(
    space: EmbeddingSpace, make_derived: MakeDerived
) -> None:
    image = make_derived()
    preview_path(image.pk, "small").unlink()
    for _ in range(3):
        Image.objects.update(next_attempt_at=Now())
        embed_backlog()
    image.refresh_from_db()
    assert (image.state, image.error_code) == (State.FAILED, "preview_missing")
