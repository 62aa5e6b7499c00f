"""The stages that compare pictures never wait for a picture that another session deletes: that
session could wait for them.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction

from gallery.changeover.choose import choose
from gallery.curation.near_duplicates import find
from gallery.curation.near_duplicates.decide import keep_all
from gallery.curation.tags.suggestions import suggest
from gallery.embeddings import encode
from gallery.models import (
    EmbeddingSpace,
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
    make_near_duplicates,
    make_space,
    make_tag,
    unit_vector,
)

pytestmark = pytest.mark.django_db(transaction=True)

Stage = Callable[[], None]


@contextmanager
def being_deleted(image: Image) -> Iterator[Callable[[Stage], None]]:
    """Yields what runs a stage in another session."""
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        Image.objects.select_for_update().get(pk=image.pk)
        yield lambda stage: pool.submit(run_and_close, stage).result(30)


def run_and_close(stage: Stage) -> None:
    with contextlib.closing(connection):
        stage()


@pytest.fixture
def space() -> EmbeddingSpace:
    return choose("builtin")


@pytest.fixture
def dog(space: EmbeddingSpace) -> Image:
    """A picture of a dog among others, and the tag."""
    noise = np.random.default_rng(1).normal(size=(60, 512)).astype(np.float32)
    make_embedded(space, list(noise / np.linalg.norm(noise, axis=1, keepdims=True)))
    make_tag("dog")
    image = make_image()
    make_embedding(image, space, encode.text_vector(space, "a photo of a dog"))
    return image


def test_suggestions_for_new_pictures_wait(dog: Image) -> None:
    suggest.run()
    ImageTag.objects.all().delete()
    SuggestionItem.objects.add_for([dog.pk])
    with being_deleted(dog) as run_elsewhere:
        run_elsewhere(suggest.run)
        assert SuggestionItem.objects.exists()
    suggest.run()
    assert ImageTag.objects.filter(image=dog).exists()


def test_suggestions_for_all_pictures_wait(dog: Image) -> None:
    with being_deleted(dog) as run_elsewhere:
        run_elsewhere(suggest.run)
    suggest.run()
    assert ImageTag.objects.filter(image=dog).exists()


@pytest.fixture
def copies(owner: User) -> list[Image]:
    space = make_space()
    images = [
        make_image(owner, perceptual_hash=0x5A5A_1234, detail_hash=bytes(32)) for _ in range(2)
    ]
    for image in images:
        make_embedding(image, space, unit_vector(1))
    return images


@pytest.mark.parametrize("deleted", [0, 1])
@pytest.mark.parametrize("new", [[], [0], [0, 1]])
def test_near_duplicates_wait(copies: list[Image], new: list[int], deleted: int) -> None:
    if new:
        find.run()
        NearDuplicatePair.objects.all().delete()
    NearDuplicateItem.objects.add_for([copies[place].pk for place in new])
    with being_deleted(copies[deleted]) as run_elsewhere:
        run_elsewhere(find.run)
        assert not NearDuplicatePair.objects.exists()
    find.run()
    assert NearDuplicatePair.objects.count() == 1


def test_pictures_that_are_kept_meanwhile_stay_kept(copies: list[Image], owner: User) -> None:
    find.run()
    NearDuplicatePair.objects.all().delete()
    make_near_duplicates(*copies)
    Image.objects.filter(pk=copies[0].pk).update(perceptual_hash=0)
    NearDuplicateItem.objects.add_for([copies[0].pk])
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            keep_all([image.pk for image in copies], user=owner)
            finding = pool.submit(run_and_close, find.run)
            wait([finding], 2)
        finding.result(30)
    find.run()
    assert [pair.state for pair in NearDuplicatePair.objects.all()] == ["kept"]
