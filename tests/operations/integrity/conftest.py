from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gallery.ingest.accept import accept
from gallery.ingest.derive import derive
from gallery.models import EmbeddingSpace, Image, State
from tests import scenes
from tests.builders import make_embedding, make_space, unit_vector

Picture = Callable[..., Image]


@pytest.fixture
def space(transactional_db: None) -> EmbeddingSpace:
    return make_space()


@pytest.fixture
def picture(space: EmbeddingSpace) -> Picture:
    """A searchable picture with its files; ``number`` gives it other bytes."""

    def make(number: int = 0, **fields: Any) -> Image:
        data = scenes.plain((number, 200 - number, 100), size=(120, 90))
        image = accept([data], **{"owner": None, **fields}).image
        derive(image.pk)
        Image.objects.filter(pk=image.pk).update(state=State.READY)
        make_embedding(image, space, unit_vector(number))
        image.refresh_from_db()
        return image

    return make
