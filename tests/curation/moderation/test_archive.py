"""What was decided about a picture outlives it, without the picture."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.curation.moderation import appeals
from gallery.ingest import change
from gallery.models import ArchivedDecision, Image, ModerationAction, ModerationSource
from gallery.models.moderation import reasons
from gallery.models.moderation.reasons import ModerationReason
from tests.builders import make_image, make_moderator, moderate

pytestmark = pytest.mark.django_db

LIST = "/admin/gallery/archiveddecision/"


@pytest.fixture
def hidden(owner: User) -> Image:
    """Held by a rule, and then rejected by a moderator."""
    image = make_image(owner)
    reasons.note([
        ModerationReason(
            image_id=image.pk, source=ModerationSource.RULE, action=ModerationAction.HOLD,
            detail="weapon", score=0.3, threshold=0.2,
        ),
    ])  # fmt: skip
    return moderate(image, "reject", note="No weapons.")


def test_decisions_outlive_the_picture(hidden: Image) -> None:
    appeals.send(hidden, "It is a toy.")
    change.delete(hidden)
    rule, person = ArchivedDecision.objects.order_by("pk")
    assert (rule.sha256, rule.source, rule.detail) == (hidden.sha256, "rule", "weapon")
    assert (person.action, person.after, person.note) == ("reject", "hidden", "No weapons.")
    assert person.decided_by is not None


def test_the_end_of_an_account_keeps_them(hidden: Image, owner: User) -> None:
    owner.delete()
    assert ArchivedDecision.objects.filter(sha256=hidden.sha256).count() == 2


def test_what_waited_for_rules_leaves_nothing(owner: User) -> None:
    image = make_image(owner)
    waiting = ModerationReason(
        image_id=image.pk, source=ModerationSource.CHECK, action=ModerationAction.HOLD
    )
    reasons.note([waiting])
    change.delete(image)
    assert not ArchivedDecision.objects.exists()


def test_moderators_find_them_by_the_file(hidden: Image) -> None:
    change.delete(hidden)
    client = Client()
    client.force_login(make_moderator("mo"))
    page = client.get(LIST, {"q": hidden.sha256[:20]}).content.decode()
    assert page.replace("<wbr>", "").count(hidden.sha256) == 2
    assert "No weapons." in page
    assert client.get(f"{LIST}add/").status_code == 403
