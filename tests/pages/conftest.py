from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gallery.changeover.choose import choose
from gallery.media import storage
from gallery.media.previews import SIZES
from gallery.models import EmbeddingSpace, Image, Visibility
from tests.builders import make_image
from tests.scenes import photo

MakeFile = Callable[..., SimpleUploadedFile]


@pytest.fixture
def client() -> Client:
    """An anonymous visitor; errors become error pages."""
    return Client(raise_request_exception=False)


@pytest.fixture
def images(owner: User) -> dict[str, Image]:
    """One picture of the owner per visibility, with a title that names it."""
    return {
        visibility: make_image(owner, visibility=visibility, title=f"for {visibility}")
        for visibility in Visibility.values
    }


@pytest.fixture
def builtin(db: None) -> EmbeddingSpace:
    return choose("builtin")


@pytest.fixture
def make_file() -> MakeFile:
    """``make_file(size=…)`` is a small picture as a form sends it."""

    def make(name: str = "boat.png", **options: Any) -> SimpleUploadedFile:
        return SimpleUploadedFile(name, photo("PNG", **options), "image/png")

    return make


def put_files(image: Image) -> None:
    """Write the original and previews of an image from the builders."""
    original = storage.original_path(image)
    original.parent.mkdir(parents=True, exist_ok=True)
    original.write_bytes(photo("PNG"))
    for size in SIZES:
        preview = storage.preview_path(image.pk, size)
        preview.parent.mkdir(parents=True, exist_ok=True)
        preview.write_bytes(photo("WEBP"))


def fetch(client: Client, address: str, **options: Any) -> Any:
    """The response, with its bytes as ``body``. Reading them closes the file that is served."""
    response: Any = client.get(address, **options)
    response.body = response.getvalue()
    return response
