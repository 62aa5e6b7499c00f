from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import PIL.Image
import pytest
from django.db.models.functions import Now

from gallery.embeddings import spaces
from gallery.embeddings.embed import embed_backlog
from gallery.media.storage import preview_path
from gallery.models import WIDTH, Embedding, EmbeddingSpace, Image, State
from tests.builders import make_embedding, make_image, unit_vector
from tests.embeddings.conftest import MakeDerived
from tests.embeddings.stub_encoder import StubEncoder
from tests.encoders.loading import load

pytestmark = pytest.mark.django_db


class Death(BaseException):
    """Simulates a killed process: no code handles it."""


def states() -> list[str]:
    return sorted(Image.objects.values_list("state", flat=True))


def let_leases_end() -> None:
    Image.objects.filter(lease_until__isnull=False).update(lease_until=Now() - timedelta(seconds=1))


def test_waiting_images_become_ready_with_the_encoders_vectors(
    space: EmbeddingSpace, make_derived: MakeDerived
) -> None:
    images = [make_derived(colour) for colour in ("red", "green", "blue", "black", "white")]
    assert embed_backlog() == 5
    for image in images:
        image.refresh_from_db()
        assert (image.state, image.attempts, image.lease_until) == (State.READY, 0, None)
        vector = np.asarray(Embedding.objects.get(image=image, space=space).vector)
        with PIL.Image.open(preview_path(image.pk, "small")) as preview:
            expected = spaces.encoder_of(space).encode_images([preview])[0]
        assert vector.shape == (WIDTH,)
        assert np.allclose(vector, expected, atol=1e-5)


def test_embedding_again_gives_a_new_vector(
    space: EmbeddingSpace, make_derived: MakeDerived
) -> None:
    image = make_derived()
    make_embedding(image, space, unit_vector(1))
    assert embed_backlog() == 1
    assert not np.allclose(Embedding.objects.get(image=image).vector, unit_vector(1), atol=1e-3)


def test_a_ready_image_has_no_error(space: EmbeddingSpace, make_derived: MakeDerived) -> None:
    image = make_derived(error_code="encoder_unavailable", error_message="No encoder.")
    embed_backlog()
    image.refresh_from_db()
    assert (image.state, image.error) == (State.READY, None)


@pytest.mark.parametrize("state", [State.STORED, State.READY, State.FAILED, State.QUARANTINED])
def test_images_in_another_state_are_left_alone(space: EmbeddingSpace, state: State) -> None:
    make_image(state=state)
    assert embed_backlog() == 0
    assert states() == [state]


def test_what_another_worker_holds_is_left_alone(
    space: EmbeddingSpace, make_derived: MakeDerived
) -> None:
    make_derived()
    Image.objects.all().claim(1, 60)
    assert embed_backlog() == 0


def test_fresh_images_are_encoded_in_batches(
    use: Any, space: EmbeddingSpace, make_derived: MakeDerived
) -> None:
    encoder = use(StubEncoder())
    for _ in range(6):
        make_derived()
    assert embed_backlog() == 6
    assert encoder.batches == [4, 2]


def test_what_failed_before_is_encoded_alone(
    use: Any, space: EmbeddingSpace, make_derived: MakeDerived
) -> None:
    encoder = use(StubEncoder())
    for attempts in (1, 2, 0, 0):
        make_derived(attempts=attempts)
    embed_backlog()
    assert encoder.batches == [2, 1, 1]


def test_a_picture_that_kills_workers_is_quarantined(
    use: Any, space: EmbeddingSpace, make_derived: MakeDerived
) -> None:
    use(StubEncoder(failure=Death()))
    poison = make_derived("blue")
    for _ in range(3):
        make_derived("red")
    deaths = 0
    while states().count(State.DERIVED) and deaths < 10:
        try:
            embed_backlog()
        except Death:
            deaths += 1
            let_leases_end()
    assert deaths == 3
    poison.refresh_from_db()
    assert (poison.state, poison.error_code) == (State.QUARANTINED, "embedding_interrupted")
    assert states().count(State.READY) == 3


def test_a_deleted_image_leaves_no_vector(
    space: EmbeddingSpace, make_derived: MakeDerived, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_derived()
    encoder = load("one")
    encode = encoder.encode_images

    def delete_meanwhile(images: list[PIL.Image.Image]) -> Any:
        Image.objects.all().delete()
        return encode(images)

    monkeypatch.setattr(encoder, "encode_images", delete_meanwhile)
    assert embed_backlog() == 0
    assert not Embedding.objects.exists()


def test_a_worker_that_was_overtaken_writes_nothing(
    use: Any, space: EmbeddingSpace, make_derived: MakeDerived
) -> None:
    image = make_derived()
    encoder = use(StubEncoder())
    encode = encoder.encode_images

    def overtaken(images: list[PIL.Image.Image]) -> Any:
        let_leases_end()
        Image.objects.all().claim(1, 60)
        return encode(images)

    encoder.encode_images = overtaken
    assert embed_backlog() == 0
    image.refresh_from_db()
    assert (image.state, image.attempts) == (State.DERIVED, 2)
    assert not Embedding.objects.exists()
