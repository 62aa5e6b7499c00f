"""Pictures that searches of this folder find."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from gallery.models import EmbeddingSpace, Image
from tests.api.searching.requests import A, B
from tests.builders import make_embedded, unit


@pytest.fixture
def ships(owner: User, space: EmbeddingSpace) -> list[Image]:
    """Pictures of A, of B and of both, the last one in portrait format."""
    images = make_embedded(space, [A, B, unit(A + B)], owner=owner, width=300, height=200)
    for image, title in zip(images, ("red boat", "blue boat", "both"), strict=True):
        Image.objects.filter(pk=image.pk).update(title=title)
    Image.objects.filter(pk=images[2].pk).update(height=400)
    return images
