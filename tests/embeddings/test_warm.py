from __future__ import annotations

import pytest

from gallery.embeddings import encode, spaces, warm
from gallery.encoders import loader, query_cache
from gallery.models import EmbeddingSpace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("pictures", [False, True])
def test_a_cached_vector_does_not_prevent_loading(space: EmbeddingSpace, pictures: bool) -> None:
    encode.text_vector(space, "a picture")
    loader.forget_all()
    query_cache.forget()
    warm.load_now(pictures)
    assert spaces.loaded_encoder_of(space, pictures=pictures) is not None


def test_without_a_choice_nothing_is_loaded(
    site_models: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loader, "load", None)
    warm.load_now(False)
