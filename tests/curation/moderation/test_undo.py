"""What an undone decision leaves: reasons, lists, and what rules may do."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from gallery.curation.moderation.decide import decide
from gallery.curation.moderation.history import history_of, reasons_of
from gallery.curation.moderation.undo import undo
from gallery.models import HashListEntry, Image, ModerationAction, ModerationSource, Tag
from gallery.models.moderation import reasons
from gallery.models.moderation.reasons import ModerationReason
from tests.builders import make_image, make_moderator, make_tag, moderate

pytestmark = pytest.mark.django_db


@pytest.fixture
def weapon(db: None) -> Tag:
    return make_tag("weapon")


@pytest.fixture
def moderator(db: None) -> User:
    return make_moderator("mo")


def apply_rule(image: Image, tag: Tag, action: str) -> None:
    reason = ModerationReason(
        image_id=image.pk,
        source=ModerationSource.RULE,
        action=ModerationAction(action),
        tag_id=tag.pk,
        detail=tag.name,
    )
    reasons.note([reason])


def state(image: Image) -> str:
    image.refresh_from_db()
    return image.moderation


def decide_and_undo(image: Image, action: str, user: User) -> None:
    assert decide([image.pk], ModerationAction(action), user=user) == [image.pk]
    assert undo([image.pk], user=user, shown={image.pk: state(image)}) == [image.pk]


def test_the_note_of_the_earlier_decision_returns(owner: User, moderator: User) -> None:
    image = moderate(make_image(owner), "reject", note="No toys.")
    decide_and_undo(image, "restore", moderator)
    assert state(image) == "hidden"
    assert [row.note for row in reasons_of(history_of(image.pk))] == ["No toys."]


@pytest.mark.parametrize("action", ["hide", "block"])
def test_the_reason_of_the_rule_returns(
    owner: User, moderator: User, weapon: Tag, action: str
) -> None:
    image = make_image(owner)
    apply_rule(image, weapon, action)
    decide_and_undo(image, "restore", moderator)
    assert [row.detail for row in reasons_of(history_of(image.pk))] == ["weapon"]


def test_an_undone_approval_stops_no_rule(owner: User, moderator: User, weapon: Tag) -> None:
    image = make_image(owner)
    apply_rule(image, weapon, "hold")
    decide_and_undo(image, "approve", moderator)
    apply_rule(image, weapon, "hide")
    assert state(image) == "hidden"


def test_an_undo_cannot_be_undone(owner: User, moderator: User) -> None:
    image = moderate(make_image(owner), "reject")
    decide_and_undo(image, "restore", moderator)
    assert undo([image.pk], user=moderator, shown={image.pk: "hidden"}) == []


@pytest.mark.parametrize("action", ["restore", "reject"])
def test_what_a_rule_blocked_stays_unlisted(
    owner: User, stranger: User, moderator: User, weapon: Tag, action: str
) -> None:
    image, copy = (make_image(person, sha256="a" * 64) for person in (owner, stranger))
    apply_rule(image, weapon, "block")
    decide_and_undo(image, action, moderator)
    assert (state(image), state(copy)) == ("blocked", "visible")
    assert not HashListEntry.objects.exists()


def test_the_entry_of_an_earlier_block_stays(owner: User, moderator: User) -> None:
    image = moderate(moderate(make_image(owner), "block"), "reject")
    decide_and_undo(image, "block", moderator)
    assert state(image) == "hidden"
    assert HashListEntry.objects.get().value == image.sha256


def test_a_later_block_blocks_restored_copies(owner: User, stranger: User) -> None:
    image, copy = (make_image(person, sha256="a" * 64) for person in (owner, stranger))
    moderate(image, "block")
    for each in (copy, image):
        moderate(each, "restore")
    moderate(image, "block")
    assert state(copy) == "blocked"


def test_an_undo_leaves_restored_copies(owner: User, stranger: User, moderator: User) -> None:
    image, copy = (make_image(person, sha256="a" * 64) for person in (owner, stranger))
    moderate(image, "block")
    assert decide([image.pk], ModerationAction.RESTORE, user=moderator) == [image.pk]
    moderate(copy, "restore")
    undo([image.pk], user=moderator, shown={image.pk: "visible"})
    assert (state(image), state(copy)) == ("blocked", "visible")
