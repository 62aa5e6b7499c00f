"""Suggestions by the built-in encoder, from stored vectors that are those of texts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gallery.changeover.choose import choose
from gallery.curation.tags import decide
from gallery.curation.tags.loading import load
from gallery.curation.tags.suggestions import suggest
from gallery.embeddings import encode
from gallery.models import (
    EmbeddingSpace,
    Image,
    ImageTag,
    State,
    SuggestionItem,
    SuggestionScan,
    Tag,
    TagScoring,
    TagSource,
    TagState,
    User,
)
from tests.builders import make_embedded, make_embedding, make_image, make_tag, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def space(db: None) -> EmbeddingSpace:
    return choose("builtin")


@pytest.fixture
def gallery(space: EmbeddingSpace) -> list[Image]:
    """Pictures without any of the tags; a small gallery says too little about a tag."""
    noise = np.random.default_rng(1).normal(size=(60, 512)).astype(np.float32)
    return make_embedded(space, list(noise / np.linalg.norm(noise, axis=1, keepdims=True)))


@pytest.fixture
def dog(gallery: list[Image]) -> Tag:
    return make_tag("dog", name_zh="狗")


@pytest.fixture
def owner(db: None) -> User:
    return make_user("ann")


def picture_of(space: EmbeddingSpace, text: str) -> Image:
    image = make_image()
    make_embedding(image, space, encode.text_vector(space, text))
    return image


def tags(image: Image) -> dict[str, str]:
    rows = ImageTag.objects.filter(image=image).select_related("tag")
    return {row.tag.name: row.state for row in rows}


def test_a_fitting_tag_is_suggested_with_its_score(space: EmbeddingSpace, dog: Tag) -> None:
    make_tag("teapot")
    image = picture_of(space, "a photo of a dog")
    suggest.run()
    [row] = ImageTag.objects.filter(image=image)
    assert (row.tag, row.state, row.source) == (dog, TagState.SUGGESTED, TagSource.ZERO_SHOT)
    assert row.score == pytest.approx(1, abs=1e-3)


def test_pictures_without_the_tag_get_no_suggestion(gallery: list[Image], dog: Tag) -> None:
    suggest.run()
    suggested = ImageTag.objects.filter(image__in=gallery).count()
    assert suggested <= 0.1 * len(gallery)


def test_a_new_tag_is_suggested_for_old_pictures(space: EmbeddingSpace, dog: Tag) -> None:
    image = picture_of(space, "a photo of a teapot")
    suggest.run()
    make_tag("teapot")
    suggest.run()
    assert tags(image) == {"teapot": "suggested"}


def test_a_new_picture_gets_suggestions(space: EmbeddingSpace, dog: Tag) -> None:
    suggest.run()
    image = picture_of(space, "a photo of a dog")
    SuggestionItem.objects.add_for([image.pk])
    suggest.run()
    assert tags(image) == {"dog": "suggested"}
    assert not SuggestionItem.objects.exists()


@pytest.mark.parametrize("decision", ["approved", "rejected"])
def test_a_decision_outlives_a_new_scan(
    space: EmbeddingSpace, dog: Tag, owner: User, decision: str
) -> None:
    image = picture_of(space, "a photo of a dog")
    suggest.run()
    {"approved": decide.approve, "rejected": decide.reject}[decision](image, dog, user=owner)
    make_tag("teapot")
    suggest.run()
    assert tags(image) == {"dog": decision}


def test_a_withdrawn_decision_is_a_suggestion_again(
    space: EmbeddingSpace, dog: Tag, owner: User
) -> None:
    image = picture_of(space, "a photo of a dog")
    suggest.run()
    decide.reject(image, dog, user=owner)
    decide.withdraw(image, dog)
    assert tags(image) == {"dog": "suggested"}


def test_a_withdrawn_tag_of_a_person_is_gone(gallery: list[Image], dog: Tag, owner: User) -> None:
    decide.approve(gallery[0], dog, user=owner)
    decide.withdraw(gallery[0], dog)
    assert tags(gallery[0]) == {}


def test_an_automatic_tag_is_approved_at_once(space: EmbeddingSpace, dog: Tag) -> None:
    Tag.objects.update(is_automatic=True)
    image = picture_of(space, "a photo of a dog")
    suggest.run()
    image.refresh_from_db()
    assert image.tag_names == "dog\n狗"


def test_open_suggestions_of_an_automatic_tag_are_approved(
    space: EmbeddingSpace, dog: Tag, owner: User
) -> None:
    pictures = [picture_of(space, "a photo of a dog") for _ in range(3)]
    suggest.run()
    decide.reject(pictures[0], dog, user=owner)
    Tag.objects.update(is_automatic=True)
    suggest.run()
    assert [tags(image)["dog"] for image in pictures] == ["rejected", "approved", "approved"]
    row = ImageTag.objects.get(image=pictures[1])
    assert (row.source, row.decided_by) == (TagSource.ZERO_SHOT, None)


def test_a_tag_that_is_not_suggested_any_more_loses_its_suggestions(
    space: EmbeddingSpace, dog: Tag
) -> None:
    image = picture_of(space, "a photo of a dog")
    suggest.run()
    Tag.objects.update(is_suggested=False)
    suggest.run()
    assert tags(image) == {}


def test_rejections_move_the_threshold(
    gallery: list[Image], space: EmbeddingSpace, dog: Tag, owner: User
) -> None:
    suggest.run()
    before = TagScoring.objects.get().threshold
    dog_vector = encode.text_vector(space, "a photo of a dog")
    others = np.random.default_rng(2).normal(size=(6, 512)).astype(np.float32)
    mixed = 0.8 * dog_vector + 0.5 * others / np.linalg.norm(others, axis=1, keepdims=True)
    images = make_embedded(space, list(mixed / np.linalg.norm(mixed, axis=1, keepdims=True)))
    for image in images:
        decide.reject(image, dog, user=owner)
    suggest.run()
    assert TagScoring.objects.get().threshold > before + 0.1


def test_a_small_gallery_has_no_suggestions(space: EmbeddingSpace, db: None) -> None:
    make_tag("dog")
    image = picture_of(space, "a photo of a dog")
    suggest.run()
    assert tags(image) == {}


def test_a_waiting_upload_ends_each_slice(
    space: EmbeddingSpace, dog: Tag, django_capture_on_commit_callbacks: Any
) -> None:
    image = picture_of(space, "a photo of a dog")
    upload = make_image(state=State.DERIVED)
    suggest.run()
    assert tags(image) == {"dog": "suggested"}
    for name in range(40):
        make_tag(f"thing {name}")
    with django_capture_on_commit_callbacks() as hints:
        suggest.run()
    assert len(hints) == 1
    assert 1 < TagScoring.objects.count() < 41
    upload.delete()
    suggest.run()
    assert TagScoring.objects.count() == 41
    assert SuggestionScan.objects.get().completed_at is not None


def test_a_short_slice_measures_some_tags(
    gallery: list[Image], django_capture_on_commit_callbacks: Any
) -> None:
    for name in range(40):
        make_tag(f"thing {name}")
    with django_capture_on_commit_callbacks() as hints:
        suggest.run(0)
    assert len(hints) == 1
    assert 0 < TagScoring.objects.count() < 40


def test_a_tag_deleted_meanwhile_is_skipped(
    monkeypatch: pytest.MonkeyPatch, gallery: list[Image], dog: Tag
) -> None:
    make_tag("teapot")
    text_vectors = encode.text_vectors

    def encode_after_a_deletion(*arguments: Any) -> Any:
        Tag.objects.filter(pk=dog.pk).delete()
        return text_vectors(*arguments)

    monkeypatch.setattr(encode, "text_vectors", encode_after_a_deletion)
    suggest.run()
    assert TagScoring.objects.get().tag.name == "teapot"


def test_the_demo_vocabulary_is_loaded_once(db: None) -> None:
    added = load.load("demo").added
    assert added > 100
    assert load.load("demo").added == 0
    assert Tag.objects.named("海滩").get().name == "beach"
