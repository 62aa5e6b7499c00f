from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import PIL.Image
import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gallery.embeddings import encode
from gallery.models import EmbeddingSpace, Image
from tests.builders import make_image, make_space, unit_vector


@pytest.fixture
def people(owner: User, stranger: User, curator: User) -> dict[str, Client]:
    """One client per person, by username, and ``anonymous`` without a login."""
    clients = {"anonymous": Client()}
    for person in (owner, stranger, curator):
        clients[person.username] = Client()
        clients[person.username].force_login(person)
    return clients


@pytest.fixture
def images(owner: User) -> dict[str, Image]:
    """One image of the owner per visibility."""
    return {
        visibility: make_image(owner, visibility=visibility, title=visibility)
        for visibility in ("public", "members", "private")
    }


@pytest.fixture
def png() -> Callable[..., SimpleUploadedFile]:
    """``png(colour, size=…)`` is a small picture as a form sends it."""

    def make(colour: str = "red", *, size: tuple[int, int] = (8, 6)) -> SimpleUploadedFile:
        data = io.BytesIO()
        PIL.Image.new("RGB", size, colour).save(data, "PNG")
        return SimpleUploadedFile("boat.png", data.getvalue(), "image/png")

    return make


@pytest.fixture
def space(db: None) -> EmbeddingSpace:
    return make_space()


@pytest.fixture
def meanings(monkeypatch: pytest.MonkeyPatch) -> dict[str, npt.NDArray[np.float32]]:
    """Vectors by text, used instead of an encoder; ``picture`` is the vector of any picture."""
    known: dict[str, npt.NDArray[np.float32]] = {"picture": unit_vector(0)}

    def text_vectors(space: EmbeddingSpace, texts: list[str]) -> Any:
        return [known[text] for text in texts]

    def image_vector(space: EmbeddingSpace, picture: Any) -> Any:
        return known["picture"]

    monkeypatch.setattr(encode, "text_vectors", text_vectors)
    monkeypatch.setattr(encode, "image_vector", image_vector)
    return known
