"""Further pages of a search, while other visitors search too."""

from __future__ import annotations

import uuid

import pytest
from django.contrib.auth.models import AnonymousUser, User

from gallery.core.errors import BadCursor
from gallery.core.visitor import coming_from
from gallery.search.paging import kept_windows
from gallery.search.window import Entry, Window


def window() -> Window:
    return Window((Entry(uuid.uuid4(), 0.5),), complete=True)


def is_kept(key: str) -> bool:
    try:
        return bool(kept_windows.recall(key).entries)
    except BadCursor:
        return False


def test_a_flood_leaves_others_their_pages(anonymous: AnonymousUser) -> None:
    """The share of a few visitors may overlap with the one of the flood."""
    earlier = []
    for number in range(40):
        with coming_from(f"192.0.2.{number}"):
            earlier.append(kept_windows.keep(window(), anonymous))
    with coming_from("192.0.2.77"):
        flood = [kept_windows.keep(window(), anonymous) for _ in range(kept_windows.SLOTS)]
    assert sum(map(is_kept, earlier)) > 30
    assert sum(map(is_kept, flood)) == kept_windows.SHARE


@pytest.mark.django_db
def test_accounts_of_one_address_have_own_shares(stranger: User) -> None:
    with coming_from("192.0.2.1"):
        earlier = [kept_windows.keep(window(), User(pk=-number)) for number in range(1, 41)]
        for _ in range(2 * kept_windows.SHARE):
            kept_windows.keep(window(), stranger)
    assert sum(map(is_kept, earlier)) > 30


def test_without_redis_there_are_no_pages(anonymous: AnonymousUser, no_redis: None) -> None:
    assert kept_windows.keep(window(), anonymous) == ""
    with pytest.raises(BadCursor):
        kept_windows.recall("0001key")
