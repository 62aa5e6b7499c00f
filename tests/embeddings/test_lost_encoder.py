from __future__ import annotations

from typing import Any

import pytest
from django.db.models.functions import Now

from gallery.core.errors import EncoderUnavailable
from gallery.embeddings import spaces
from gallery.embeddings.embed import embed_backlog
from gallery.models import EmbeddingSpace, Image, State
from tests.embeddings.conftest import MakeDerived

pytestmark = pytest.mark.django_db


def test_a_lost_encoder_costs_no_attempt(
    space: EmbeddingSpace, make_derived: MakeDerived, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(images: list[Any]) -> Any:
        raise EncoderUnavailable("The model file is gone.")

    make_derived("red"), make_derived("blue")
    with monkeypatch.context() as patch:
        patch.setattr(spaces.encoder_of(space), "encode_images", lost)
        for _ in range(5):
            Image.objects.update(next_attempt_at=Now())
            assert embed_backlog() == 0
    rows = Image.objects.values_list("state", "attempts", "lease_until", "error_message")
    assert set(rows) == {(State.DERIVED, 0, None, "The model file is gone.")}
    Image.objects.update(next_attempt_at=Now())
    assert embed_backlog() == 2
    assert set(Image.objects.values_list("state", "error_message")) == {(State.READY, "")}


def test_without_an_encoder_images_wait_and_say_why(db: None, make_derived: MakeDerived) -> None:
    image = make_derived()
    assert embed_backlog() == 0
    image.refresh_from_db()
    assert (image.state, image.attempts) == (State.DERIVED, 0)
    assert image.error == {
        "code": "encoder_unavailable",
        "message": "No encoder is chosen yet: run `bin/manage encoder choose`.",
    }
    assert not Image.objects.all().due().exists()
