"""A picture that gets another vector while the one before is compared is compared once more."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction

from gallery.changeover.choose import choose
from gallery.curation.near_duplicates import find
from gallery.curation.near_duplicates.compare import compare
from gallery.curation.tags.suggestions import suggest
from gallery.curation.tags.suggestions.comparison import Comparison
from gallery.embeddings import encode
from gallery.encoders.base import Vector
from gallery.models import (
    Embedding,
    Image,
    ImageTag,
    NearDuplicateItem,
    NearDuplicatePair,
    SuggestionItem,
)
from tests.builders import (
    make_embedded,
    make_embedding,
    make_image,
    make_space,
    make_tag,
    unit_vector,
)

pytestmark = pytest.mark.django_db(transaction=True)

Item = type[NearDuplicateItem] | type[SuggestionItem]


def store(image: Image, vector: Vector, item: Item) -> None:
    """As the embed stage does, in a process of its own."""
    with contextlib.closing(connection), transaction.atomic():
        Embedding.objects.filter(image=image).update(vector=vector)
        item.objects.add_for([image.pk])


def then_once(
    function: Callable[..., Any], pool: ThreadPoolExecutor, *stored: Any
) -> tuple[Callable[..., Any], list[Future[None]]]:
    """The function, which stores in the thread after its first call, and waits a little for it."""
    storing: list[Future[None]] = []

    def run(*args: Any) -> Any:
        result = function(*args)
        if not storing:
            storing.append(pool.submit(store, *stored))
            wait(storing, 1)
        return result

    return run, storing


def test_near_duplicates_are_compared_again(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    space = make_space()
    find.run()  # Completes the comparison of all, so that only new vectors are compared.
    for seed in (1, 2):
        image = make_image(owner, perceptual_hash=0x5A5A_1234, detail_hash=bytes(32))
        make_embedding(image, space, unit_vector(seed))
        NearDuplicateItem.objects.add_for([image.pk])
    with ThreadPoolExecutor(1) as pool:
        run, storing = then_once(compare, pool, image, unit_vector(1), NearDuplicateItem)
        monkeypatch.setattr(find, "compare", run)
        find.run()
        storing[0].result(30)
    find.run()
    assert NearDuplicatePair.objects.count() == 1


def test_tags_are_compared_again(monkeypatch: pytest.MonkeyPatch) -> None:
    space = choose("builtin")
    noise = np.random.default_rng(1).normal(size=(60, 512)).astype(np.float32)
    make_embedded(space, list(noise / np.linalg.norm(noise, axis=1, keepdims=True)))
    for name in ("dog", "teapot"):
        make_tag(name)
    suggest.run()  # Completes the scan.
    image = make_image()
    teapot, dog = (encode.text_vector(space, f"a photo of a {name}") for name in ("teapot", "dog"))
    make_embedding(image, space, teapot)
    SuggestionItem.objects.add_for([image.pk])
    with ThreadPoolExecutor(1) as pool:
        run, storing = then_once(Comparison.store, pool, image, dog, SuggestionItem)
        monkeypatch.setattr(Comparison, "store", run)
        suggest.run()
        storing[0].result(30)
    suggest.run()
    assert [row.tag.name for row in ImageTag.objects.filter(image=image)] == ["dog"]
