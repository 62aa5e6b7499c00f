from __future__ import annotations

import pytest

from gallery.embeddings import encode, warm
from gallery.encoders import loader, query_cache
from gallery.models import EmbeddingSpace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("pictures", [False, True])
def test_a_process_that_starts_later_loads_the_model_although_its_answer_is_remembered(
    space: EmbeddingSpace, pictures: bool
) -> None:
    encode.text_vector(space, "a picture")
    loader._loaded.clear()
    query_cache.forget()
    warm.load_now(pictures)
    assert list(loader._loaded) == [space.encoder]


def test_without_a_choice_nothing_is_loaded_and_nobody_is_troubled(site_models: object) -> None:
    warm.load_now(False)
    assert not loader._loaded
