"""Where a rule hides or blocks, others see a new picture after it was compared with the rules."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import Permission, User

from gallery.changeover.choose import choose
from gallery.curation.moderation.decide import decide
from gallery.curation.moderation.queue import Queue, images_in
from gallery.curation.moderation.undo import undo
from gallery.curation.tags.suggestions import automatic, suggest
from gallery.embeddings import encode
from gallery.ingest.accept import accept
from gallery.models import (
    EmbeddingSpace,
    Image,
    ModerationAction,
    ModerationDecision,
    ModerationRule,
    SuggestionItem,
    Tag,
)
from tests.builders import make_embedded, make_embedding, make_tag, make_user, moderate
from tests.scenes import photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def space(db: None) -> EmbeddingSpace:
    return choose("builtin")


@pytest.fixture
def weapon(space: EmbeddingSpace) -> Tag:
    """A tag with a rule that hides, measured in a gallery of 60 pictures."""
    noise = np.random.default_rng(1).normal(size=(60, 512)).astype(np.float32)
    make_embedded(space, list(noise / np.linalg.norm(noise, axis=1, keepdims=True)))
    make_tag("teapot")
    tag = make_tag("dog", is_suggested=False)
    ModerationRule.objects.create(tag=tag, action="hide")
    suggest.run()
    return tag


def compare(image: Image, space: EmbeddingSpace, text: str) -> None:
    make_embedding(image, space, encode.text_vector(space, text))
    SuggestionItem.objects.add_for([image.pk])
    suggest.run()


def is_shown(image: Image, user: Any) -> bool:
    return Image.objects.visible_to(user).filter(pk=image.pk).exists()


def test_others_see_it_after_the_comparison(
    space: EmbeddingSpace, weapon: Tag, owner: User, stranger: User
) -> None:
    image = accept([photo()], owner=owner).image
    assert (is_shown(image, owner), is_shown(image, stranger)) == (True, False)
    compare(image, space, "a photo of a teapot")
    assert is_shown(image, stranger)


def test_what_a_rule_hides_was_never_shown(
    space: EmbeddingSpace, weapon: Tag, owner: User, stranger: User
) -> None:
    image = accept([photo()], owner=owner).image
    compare(image, space, "a photo of a dog")
    states = ModerationDecision.objects.filter(image=image).order_by("pk")
    assert list(states.values_list("after", flat=True)) == ["held", "hidden"]
    assert not is_shown(image, stranger)


def test_a_rule_saved_during_a_comparison_is_applied(
    space: EmbeddingSpace, weapon: Tag, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The slice has read the rules. The vector of the upload comes in the same slice."""
    approve_open = automatic.approve_open

    def save_a_rule_and_upload() -> bool:
        monkeypatch.setattr(automatic, "approve_open", approve_open)
        ModerationRule.objects.create(tag=Tag.objects.get(name="teapot"), action="hide")
        image = accept([photo()], owner=owner).image
        make_embedding(image, space, encode.text_vector(space, "a photo of a teapot"))
        SuggestionItem.objects.add_for([image.pk])
        return True

    monkeypatch.setattr(automatic, "approve_open", save_a_rule_and_upload)
    suggest.run()
    suggest.run()
    states = ModerationDecision.objects.filter(image__owner=owner).order_by("pk")
    assert list(states.values_list("after", flat=True)) == ["held", "hidden"]


def test_a_picture_without_an_owner_waits(weapon: Tag, stranger: User) -> None:
    assert not is_shown(accept([photo()], owner=None).image, stranger)


@pytest.mark.parametrize("trust", ["permission", "superuser"])
def test_trusted_people_do_not_wait(weapon: Tag, stranger: User, trust: str) -> None:
    person = make_user("trusted", is_superuser=trust == "superuser")
    if trust == "permission":
        person.user_permissions.add(Permission.objects.get(codename="upload_unchecked"))
    assert is_shown(accept([photo()], owner=person).image, stranger)


@pytest.mark.parametrize("action", ["hold", None])
def test_nobody_waits_without_a_hiding_rule(
    weapon: Tag, owner: User, stranger: User, action: str | None
) -> None:
    rules = ModerationRule.objects.all()
    rules.update(action=action) if action else rules.delete()
    assert is_shown(accept([photo()], owner=owner).image, stranger)


def test_a_gallery_of_few_pictures_does_not_wait(
    space: EmbeddingSpace, owner: User, stranger: User
) -> None:
    ModerationRule.objects.create(tag=make_tag("dog"), action="hide")
    suggest.run()
    assert is_shown(accept([photo()], owner=owner).image, stranger)


def test_pictures_are_shown_when_the_rules_end(weapon: Tag, owner: User, stranger: User) -> None:
    image = accept([photo()], owner=owner).image
    Tag.objects.all().delete()
    suggest.run()
    assert is_shown(image, stranger)


def test_a_decision_meanwhile_stays(space: EmbeddingSpace, weapon: Tag, owner: User) -> None:
    image = moderate(accept([photo()], owner=owner).image, "reject")
    compare(image, space, "a photo of a teapot")
    image.refresh_from_db()
    assert image.moderation == "hidden"


@pytest.mark.parametrize("is_compared_before", [False, True])
def test_an_undone_decision_leaves_it_waiting(
    space: EmbeddingSpace, weapon: Tag, owner: User, curator: User, is_compared_before: bool
) -> None:
    image = accept([photo()], owner=owner).image
    decide([image.pk], ModerationAction.REJECT, user=curator)
    if is_compared_before:
        compare(image, space, "a photo of a teapot")
    undo([image.pk], user=curator)
    assert not images_in(Queue.HELD, curator).exists()
    if is_compared_before:
        suggest.run()
    else:
        compare(image, space, "a photo of a teapot")
    image.refresh_from_db()
    assert image.moderation == "visible"


def test_only_failed_pictures_need_a_moderator(weapon: Tag, owner: User, curator: User) -> None:
    image = accept([photo()], owner=owner).image
    assert not images_in(Queue.HELD, curator).exists()
    Image.objects.filter(pk=image.pk).update(state="failed")
    assert images_in(Queue.HELD, curator).get() == image
