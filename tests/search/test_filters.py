from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User

from gallery.models import Image
from gallery.search.filters import ImageFilter, matching
from tests.builders import make_image

EARLY, LATE = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)


def titles(user: User | AnonymousUser, **conditions: Any) -> set[str]:
    images = matching(Image.objects.all(), ImageFilter(**conditions), user=user)
    return set(images.values_list("title", flat=True))


@pytest.fixture
def images(owner: User, stranger: User) -> None:
    make_image(owner, title="mine", state="failed", created_at=EARLY, taken_at=EARLY)
    make_image(stranger, title="theirs", state="failed", visibility="members", taken_at=LATE)
    make_image(None, title="nobody's", created_at=LATE)


def test_without_conditions_every_image_matches(images: None, owner: User) -> None:
    assert titles(owner) == {"mine", "theirs", "nobody's"}


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({"states": ["failed"]}, {"mine", "theirs"}),
        ({"visibility": "members"}, {"theirs"}),
        ({"own": True}, {"mine"}),
        ({"hide_failed_of_others": True}, {"mine", "nobody's"}),
        ({"created_before": LATE}, {"mine"}),
        ({"created_after": LATE, "states": ["ready"]}, {"nobody's"}),
        ({"taken_after": LATE}, {"theirs"}),
        ({"taken_before": LATE}, {"mine"}),
    ],
)
def test_conditions_are_applied(
    images: None, owner: User, conditions: dict[str, Any], expected: set[str]
) -> None:
    assert titles(owner, **conditions) == expected


def test_anonymous_visitors_own_nothing(images: None, anonymous: AnonymousUser) -> None:
    assert titles(anonymous, own=True) == set()
    assert titles(anonymous, hide_failed_of_others=True) == {"nobody's"}
