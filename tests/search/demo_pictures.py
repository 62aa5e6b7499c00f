"""Some demo pictures with their vectors, and pictures unlike any of them."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import PIL.Image
import sklearn

from gallery.embeddings import spaces
from gallery.management.commands import loaddemo
from gallery.models import EmbeddingSpace, Image
from tests.builders import make_embedding, make_image

SHOWN = (
    "a-dog-in-the-snow", "a-cat-at-sunset", "a-crab-on-a-beach", "a-castle-in-the-hills",
    "a-cake-on-a-table",
)  # fmt: skip


def file_of(name: str) -> Path:
    """The demo picture of this name, such as ``a-dog-in-the-snow``."""
    [path] = loaddemo.FOLDER.glob(f"*-{name}.webp")
    return path


def show_named(space: EmbeddingSpace, *names: str) -> dict[str, Image]:
    """Rows without files, by their names, such as ``a-dog-in-the-snow``; that is the title too."""
    images = show(space, {name: PIL.Image.open(file_of(name)) for name in names})
    return dict(zip(names, images, strict=True))


def show_demo_pictures(space: EmbeddingSpace) -> list[Image]:
    """Rows without files, in the order of ``SHOWN``."""
    files = [file_of(name) for name in SHOWN]
    return show(space, {path.stem: PIL.Image.open(path) for path in files})


def show_all_demo_pictures(space: EmbeddingSpace) -> list[Image]:
    """Rows without files; the title is the file's name without its ending."""
    files = sorted(loaddemo.FOLDER.glob("*.webp"))
    return show(space, {path.stem: PIL.Image.open(path) for path in files})


def show_noise(space: EmbeddingSpace, count: int) -> list[Image]:
    rng = np.random.default_rng(1)
    pixels = rng.integers(0, 256, (count, 200, 200, 3), dtype=np.uint8)
    return show(space, {f"noise {n}": PIL.Image.fromarray(each) for n, each in enumerate(pixels)})


def show(space: EmbeddingSpace, pictures: Mapping[str, PIL.Image.Image]) -> list[Image]:
    vectors = spaces.encoder_of(space).encode_images(list(pictures.values()))
    images = [make_image(title=title) for title in pictures]
    for image, vector in zip(images, vectors, strict=True):
        make_embedding(image, space, vector)
    return images


def photograph() -> bytes:
    """A photograph of a pagoda at a lake."""
    return (Path(sklearn.__file__).parent / "datasets/images/china.jpg").read_bytes()


def noise() -> bytes:
    pixels = np.random.default_rng(0).integers(0, 256, (200, 200, 3), dtype=np.uint8)
    file = io.BytesIO()
    PIL.Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def copy_of_the_dog() -> bytes:
    """A smaller copy as JPEG."""
    file = io.BytesIO()
    PIL.Image.open(file_of("a-dog-in-the-snow")).convert("RGB").resize((240, 160)).save(
        file, "JPEG", quality=60
    )
    return file.getvalue()
