"""Rules by the built-in encoder, from stored vectors that are those of texts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gallery.changeover.choose import choose
from gallery.curation.tags.suggestions import suggest
from gallery.embeddings import encode
from gallery.models import (
    EmbeddingSpace,
    Image,
    ImageTag,
    ModerationDecision,
    ModerationRule,
    ModerationSource,
    Tag,
)
from tests.builders import make_embedded, make_embedding, make_image, make_tag, moderate, unit

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
    make_tag("teapot")
    return make_tag("dog", is_suggested=False)


def picture_of(space: EmbeddingSpace, text: str) -> Image:
    image = make_image()
    make_embedding(image, space, encode.text_vector(space, text))
    return image


def rule(tag: Tag, **fields: Any) -> ModerationRule:
    return ModerationRule.objects.create(tag=tag, **{"action": "hold", **fields})


def state(image: Image) -> str:
    suggest.run()
    image.refresh_from_db()
    return image.moderation


@pytest.mark.parametrize(
    ("action", "after"), [("hold", "held"), ("hide", "hidden"), ("block", "blocked")]
)
def test_a_rule_acts_on_fitting_pictures(
    space: EmbeddingSpace, gallery: list[Image], dog: Tag, action: str, after: str
) -> None:
    rule(dog, action=action)
    image, other = picture_of(space, "a photo of a dog"), picture_of(space, "a photo of a teapot")
    assert (state(image), state(other)) == (after, "visible")
    assert Image.objects.filter(pk__in=[g.pk for g in gallery]).shown().count() >= 54


def test_the_reason_has_rule_and_score(space: EmbeddingSpace, dog: Tag) -> None:
    rule(dog)
    image = picture_of(space, "a photo of a dog")
    state(image)
    [row] = ModerationDecision.objects.filter(image=image)
    assert (row.source, row.tag, row.detail) == (ModerationSource.RULE, dog, "dog")
    assert row.score == pytest.approx(1, abs=1e-3)
    assert row.threshold is not None
    assert row.threshold < 1


@pytest.mark.django_db(transaction=True)
def test_rules_outlive_the_suggestions_of_their_tag(space: EmbeddingSpace, dog: Tag) -> None:
    Tag.objects.update(is_suggested=True)
    first = picture_of(space, "a photo of a dog")
    assert state(first) == "visible"
    rule(dog)
    Tag.objects.filter(pk=dog.pk).update(is_suggested=False)
    assert state(first) == "held"
    assert not ImageTag.objects.filter(tag=dog).exists()


def test_a_tag_with_a_rule_is_not_suggested(space: EmbeddingSpace, dog: Tag) -> None:
    rule(dog)
    image = picture_of(space, "a photo of a dog")
    state(image)
    assert not ImageTag.objects.filter(image=image, tag=dog).exists()


def test_a_new_rule_acts_on_old_pictures(space: EmbeddingSpace, dog: Tag) -> None:
    image = picture_of(space, "a photo of a dog")
    assert state(image) == "visible"
    rule(dog)
    assert state(image) == "held"


@pytest.mark.parametrize(("threshold", "after"), [(0.999, "visible"), (0.9, "held")])
def test_an_own_threshold_counts(
    space: EmbeddingSpace, dog: Tag, threshold: float, after: str
) -> None:
    vector = encode.text_vector(space, "a photo of a dog")
    noise = np.random.default_rng(2).normal(size=512).astype(np.float32)
    mixed = vector + 0.25 * noise / np.linalg.norm(noise)
    image = make_image()
    make_embedding(image, space, mixed / np.linalg.norm(mixed))
    rule(dog, threshold=threshold)
    assert state(image) == after


@pytest.mark.parametrize(("fields", "after"), [({"threshold": 0.5}, "held"), ({}, "visible")])
def test_other_tags_do_not_change_an_own_threshold(
    space: EmbeddingSpace, dog: Tag, fields: dict[str, float], after: str
) -> None:
    teapot, small_dog = (
        encode.text_vector(space, f"a photo of a {name}") for name in ("teapot", "dog")
    )
    image = make_image()
    make_embedding(image, space, unit(teapot + 0.7 * small_dog))
    rule(dog, least_match="possible", **fields)
    assert state(image) == after


@pytest.mark.parametrize("changes", [{}, {"action": "block"}, {"least_match": "possible"}])
def test_an_approved_picture_stays_approved(
    space: EmbeddingSpace, dog: Tag, changes: dict[str, Any]
) -> None:
    held = rule(dog)
    image = picture_of(space, "a photo of a dog")
    assert state(image) == "held"
    moderate(image, "approve")
    ModerationRule.objects.filter(pk=held.pk).update(**{"threshold": 0.5, **changes})
    assert state(image) == "visible"


def test_a_stricter_rule_acts_without_a_decision(space: EmbeddingSpace, dog: Tag) -> None:
    held = rule(dog)
    image = picture_of(space, "a photo of a dog")
    assert state(image) == "held"
    ModerationRule.objects.filter(pk=held.pk).update(action="block")
    assert state(image) == "blocked"


def test_rules_never_show_a_hidden_picture(space: EmbeddingSpace, dog: Tag) -> None:
    image = moderate(picture_of(space, "a photo of a dog"), "block")
    rule(dog, action="hold")
    assert state(image) == "blocked"
