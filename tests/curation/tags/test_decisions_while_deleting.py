"""A decision about a tag of a picture that another session deletes waits for its end."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction

from gallery.curation.tags import decide
from gallery.curation.tags.suggestions import automatic
from gallery.models import Image, ImageTag, Tag, TagSource, TagState
from tests.builders import make_image, make_tag, tag_image
from tests.models.test_backfill import wait_for_a_blocked_session

pytestmark = pytest.mark.django_db(transaction=True)


def decide_elsewhere(decision: str, tag: Tag, image: Image, owner: User) -> None:
    rows = ImageTag.objects.filter(image=image)
    with contextlib.closing(connection):
        match decision:
            case "approve":
                with contextlib.suppress(IntegrityError):  # The picture is gone then.
                    decide.approve(image, tag, user=owner)
            case "approve suggestions":
                decide.decide(rows, TagState.APPROVED, user=owner)
            case "withdraw":
                decide.withdraw_all(rows, tag)


@pytest.mark.parametrize("decision", ["approve", "approve suggestions", "withdraw"])
def test_a_deletion_does_not_fail(owner: User, decision: str) -> None:
    tag, image = make_tag("dog"), make_image(owner)
    state = TagState.APPROVED if decision == "withdraw" else TagState.SUGGESTED
    tag_image(image, tag, source=TagSource.ZERO_SHOT, state=state)
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        Image.objects.select_for_update().get(pk=image.pk)
        deciding = pool.submit(decide_elsewhere, decision, tag, image, owner)
        wait_for_a_blocked_session()
        Image.objects.filter(pk=image.pk).delete()
    deciding.result(30)
    assert not Image.objects.exists()


def test_automatic_approvals_leave_the_picture_out(owner: User) -> None:
    image = make_image(owner)
    tag_image(image, make_tag("dog", is_automatic=True), state=TagState.SUGGESTED)
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        Image.objects.select_for_update().get(pk=image.pk)
        assert pool.submit(approve_elsewhere).result(30) is False
        Image.objects.filter(pk=image.pk).delete()


def approve_elsewhere() -> bool:
    with contextlib.closing(connection):
        return automatic.approve_open()
